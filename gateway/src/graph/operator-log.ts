import type { ApolloServerPlugin } from '@apollo/server';
import { CountersignError, type RequestContext, requestContext, servicePrincipal } from '@countersign/kernel';
import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { SubgraphLink } from './subgraph-link.ts';

const mostFields = 50;
const record = `mutation RecordOperatorAccess($operator: String!, $operation: String!) {
  recordOperatorAccess(operator: $operator, operation: $operation)
}`;

/**
 * Has what one of the platform's operators asks for written down for the tenant's log before it is done; what cannot be
 * written down is not done. It names operation and fields and no arguments, which may hold what is secret.
 */
export function operatorLog(links: readonly SubgraphLink[]): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ contextValue: caller, operation, document }) => {
        if (caller.principal.kind !== 'platform_operator' || !operation) return;
        const tenants = links.find((link) => link.name === 'tenants');
        if (!tenants) throw new CountersignError('UPSTREAM_UNAVAILABLE', 'Nobody writes down what operators do.');
        const { principal, correlationId, workflow, surface, log } = caller;
        const asGateway = servicePrincipal(principal.tenantId, 'gateway', []);
        const context = requestContext(asGateway, log, { correlationId, workflow, surface });
        const variables = { operator: principal.id, operation: described(operation, document) };
        const { errors } = await tenants.execute({ query: record, variables }, context);
        if (errors?.[0]) throw errors[0];
      },
    }),
  };
}

/** `query Who { viewer, users }` */
function described({ operation, name, selectionSet }: OperationDefinitionNode, document: DocumentNode): string {
  const fields = [...fieldsOf(selectionSet, document)];
  const shown = fields.length > mostFields ? [...fields.slice(0, mostFields), '...'] : fields;
  return `${operation} ${name ? `${name.value} ` : ''}{ ${shown.join(', ')} }`;
}

/** The names of the fields at the root, whatever they are called in the answer and whichever fragments hold them. */
function fieldsOf(root: SelectionSetNode, document: DocumentNode): Set<string> {
  const fields = new Set<string>();
  const seen = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        for (const definition of document.definitions) {
          const named = definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value;
          if (named) visit(definition.selectionSet);
        }
      }
    }
  };
  visit(root);
  return fields;
}
