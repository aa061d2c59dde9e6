import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export interface ComposableSubgraph {
  readonly name: string;
  readonly sdl: string;
  /** Where it is reached across processes; in one process a name is enough. */
  readonly url?: string;
}

/** Composes the supergraph. Throws with every reason when the subgraphs do not fit together. */
export function composeSupergraph(subgraphs: readonly ComposableSubgraph[]): string {
  const result = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({ name, typeDefs: parse(sdl), url: url ?? `local://${name}` })),
  );
  if (!result.supergraphSdl) {
    throw new Error(`The subgraphs do not compose:\n${result.errors?.map((error) => error.message).join('\n')}`);
  }
  return result.supergraphSdl;
}
