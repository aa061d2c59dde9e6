import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '@countersign/kernel';
import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { PermittedSchemas } from '../graph/permitted-schema.ts';

const suggestion = / Did you mean .*$/s;

/**
 * Where a tenant wants it, introspection shows a caller only what they may use, and an unknown field is answered without
 * a suggestion. Such an operation asks for the schema alone: together with data it is refused.
 */
export function permittedIntrospection(schemas: () => PermittedSchemas): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ contextValue: { principal }, document, operation }) => {
        if (principal.schema === 'PERMITTED' && operation && asks(operation, document) === 'both') throw mixed();
      },
      responseForOperation: async ({ contextValue: { principal }, document, operation, request, response }) => {
        if (principal.schema !== 'PERMITTED' || asks(operation, document) !== 'schema') return null;
        const singleResult = await execute({
          schema: schemas().for(principal),
          document,
          operationName: request.operationName ?? null,
          variableValues: request.variables ?? {},
        });
        // GraphQL's own errors are formatted where they are written out, as everybody's are.
        return {
          http: response.http,
          body: { kind: 'single', singleResult: JSON.parse(JSON.stringify(singleResult)) },
        };
      },
      willSendResponse: async ({ contextValue: { principal }, response: { body } }) => {
        if (principal.schema !== 'PERMITTED' || body.kind !== 'single' || !body.singleResult.errors) return;
        body.singleResult.errors = body.singleResult.errors.map((error) =>
          error.extensions?.code === 'GRAPHQL_VALIDATION_FAILED'
            ? { ...error, message: error.message.replace(suggestion, '') }
            : error,
        );
      },
    }),
  };
}

/** What the operation asks for. `__typename` at its root is neither. */
function asks({ selectionSet }: OperationDefinitionNode, document: DocumentNode): 'data' | 'schema' | 'both' {
  const fields = rootFields(selectionSet, document).filter((name) => name !== '__typename');
  if (!fields.some(isOfSchema)) return 'data';
  return fields.every(isOfSchema) ? 'schema' : 'both';
}

const isOfSchema = (field: string): boolean => field === '__schema' || field === '__type';

/** Also those that a fragment brings in. Validation has seen to it that fragments end. */
function rootFields(selections: SelectionSetNode, document: DocumentNode): string[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, document);
    const fragment = document.definitions.find(
      (node): node is FragmentDefinitionNode =>
        node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
    );
    return fragment ? rootFields(fragment.selectionSet, document) : [];
  });
}

const mixed = (): GraphQLError =>
  new GraphQLError('Ask for the schema in an operation of its own.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
