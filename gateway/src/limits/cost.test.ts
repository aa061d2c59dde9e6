import { describe, expect, it } from '@jest/globals';
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { costLimit } from './cost.ts';

/** Refuses what costs too much; answers the cost that it was refused for. */
async function refusedCost(query: string): Promise<unknown> {
  const document = parse(query);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  // As much of a request as the limit looks at.
  const listener = await costLimit().requestDidStart?.({} as never);
  const asked = { document, operation, request: { variables: {} } } as never;
  try {
    await listener?.didResolveOperation?.(asked);
    return null;
  } catch (error) {
    return error instanceof Error && 'extensions' in error ? (error.extensions as { cost: unknown }).cost : error;
  }
}

describe('the cost of an operation', () => {
  const within = (depth: number): string =>
    depth === 0 ? 'id' : `bundle { steps { action { id ${within(depth - 1)} } } }`;

  it('counts what a page could hold', async () => {
    expect(await refusedCost('{ actions(first: 100) { edges { node { id } } } }')).toBeNull();
    const nested = '{ actions(first: 100) { edges { node { approvals(first: 100) { edges { node { id } } } } } } }';
    expect(await refusedCost(nested)).toBe(1 + 100 * (1 + 1 + 1 + 100 * 2));
  });

  it('counts the steps of a bundle, which lead back to it, as many as there can be', async () => {
    expect(await refusedCost('{ bundle(id: "1") { steps { action { id preview { summary } } } } }')).toBeNull();
    expect(await refusedCost(`{ bundle(id: "1") { steps { action { ${within(1)} } } } }`)).toBeNull();
    expect(await refusedCost(`{ bundle(id: "1") { steps { action { ${within(2)} } } } }`)).toBeGreaterThan(100_000);
  });
});
