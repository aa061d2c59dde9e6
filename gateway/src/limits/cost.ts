import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '@countersign/kernel';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** Objects that one operation may return at most, counted from its page sizes. */
const maxCost = 5_000;
const defaultPage = 20;
/** Lists that come whole and hold what leads back to them, by the name of their field, and how long they can be. */
const wholeLists: Readonly<Record<string, number>> = { steps: 50 };

type Variables = Readonly<Record<string, unknown>>;
type Cost = (variables: Variables) => number;

/** Refuses operations that could return more than allowed. The document is read once; the variables are put in each time. */
export function costLimit(): ApolloServerPlugin<RequestContext> {
  const compiled = new WeakMap<OperationDefinitionNode, Cost>();
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, request }) => {
        if (!operation) return;
        const cost = compiled.get(operation) ?? compile(operation.selectionSet, document);
        compiled.set(operation, cost);
        const total = cost(request.variables ?? {});
        if (total <= maxCost) return;
        throw new GraphQLError(
          `The query could return ${total} objects; ${maxCost} are allowed. Ask for smaller pages.`,
          {
            extensions: { code: 'QUERY_TOO_COSTLY', cost: total, limit: maxCost, http: { status: 400 } },
          },
        );
      },
    }),
  };
}

function compile(selections: SelectionSetNode, document: DocumentNode, seen: ReadonlySet<string> = new Set()): Cost {
  const parts = selections.selections.flatMap((selection): Cost[] => {
    if (selection.kind === Kind.FIELD) return selection.selectionSet ? [fieldCost(selection, document, seen)] : [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return [compile(selection.selectionSet, document, seen)];
    const name = selection.name.value;
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    );
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION || seen.has(name)) return [];
    return [compile(fragment.selectionSet, document, new Set([...seen, name]))];
  });
  return (variables) => parts.reduce((sum, part) => sum + part(variables), 0);
}

function fieldCost(field: FieldNode, document: DocumentNode, seen: ReadonlySet<string>): Cost {
  const below = field.selectionSet ? compile(field.selectionSet, document, seen) : () => 0;
  const whole = wholeLists[field.name.value];
  if (whole !== undefined) return (variables) => 1 + whole * below(variables);
  const first = field.arguments?.find((argument) => argument.name.value === 'first')?.value;
  const paged =
    first !== undefined ||
    field.selectionSet?.selections.some((each) => each.kind === Kind.FIELD && each.name.value === 'edges');
  if (!paged) return (variables) => 1 + below(variables);
  return (variables) => 1 + pageSize(first, variables) * below(variables);
}

/** What `first` asks for. One that is no number is left to be refused where variables are checked. */
function pageSize(first: ValueNode | undefined, variables: Variables): number {
  const asked =
    first?.kind === Kind.INT ? first.value : first?.kind === Kind.VARIABLE ? variables[first.name.value] : defaultPage;
  const size = Number(asked ?? defaultPage);
  return Number.isFinite(size) ? Math.max(1, size) : defaultPage;
}
