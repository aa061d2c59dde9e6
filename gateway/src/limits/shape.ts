import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Tokens in one document. */
export const maxTokens = 8_000;
const maxDepth = 14;
const maxAliases = 100;

/**
 * Limits that hang on the document alone: checked once per document, then remembered with it. Apollo gives every error of
 * validation its own code; ours travels as `limitCode` and takes its place on the way out.
 */
export const shapeLimits = [limitDepth, limitAliases];

function limitDepth(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      // Introspection nests deep by nature and costs nothing.
      const depth = depthOf(operation.selectionSet, context, new Set());
      if (depth <= maxDepth) return;
      context.reportError(
        new GraphQLError(`The query nests ${depth} levels deep; ${maxDepth} are allowed.`, {
          nodes: operation,
          extensions: { limitCode: 'QUERY_TOO_DEEP', depth, limit: maxDepth },
        }),
      );
    },
  };
}

function depthOf(selections: SelectionSetNode, context: ValidationContext, visited: ReadonlySet<string>): number {
  let deepest = 0;
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value.startsWith('__')) continue;
      const below = selection.selectionSet ? depthOf(selection.selectionSet, context, visited) : 0;
      deepest = Math.max(deepest, 1 + below);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      deepest = Math.max(deepest, depthOf(selection.selectionSet, context, visited));
    } else {
      const name = selection.name.value;
      const fragment: FragmentDefinitionNode | null | undefined = visited.has(name)
        ? undefined
        : context.getFragment(name);
      if (fragment) deepest = Math.max(deepest, depthOf(fragment.selectionSet, context, new Set([...visited, name])));
    }
  }
  return deepest;
}

function limitAliases(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  return {
    Field(field) {
      if (field.alias) aliases += 1;
    },
    Document: {
      leave(document) {
        if (aliases <= maxAliases) return;
        context.reportError(
          new GraphQLError(`The query uses ${aliases} aliases; ${maxAliases} are allowed.`, {
            nodes: document.definitions[0],
            extensions: { limitCode: 'QUERY_TOO_MANY_ALIASES', aliases, limit: maxAliases },
          }),
        );
      },
    },
  };
}
