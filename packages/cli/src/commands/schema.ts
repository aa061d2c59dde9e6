import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBundle, localLink } from '@countersign/gateway';
import { assembleKernel, createLogger, Database, GraphClient, loadConfig, SubgraphRuntime } from '@countersign/kernel';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { allSubgraphs } from '../house/subgraphs.ts';

/** `countersign schema`: writes `schema/` from the code, the same bytes for the same code. */
export async function schema(folder = 'schema'): Promise<void> {
  const database = await Database.open({ entities: [] });
  const kernel = assembleKernel({
    config: loadConfig({}),
    database,
    graph: new GraphClient(),
    log: createLogger('silent'),
  });
  const runtimes = allSubgraphs.map((definition) => new SubgraphRuntime(definition, kernel));
  const bundle = await createBundle(runtimes.map(localLink));
  mkdirSync(join(folder, 'subgraphs'), { recursive: true });
  for (const runtime of runtimes)
    writeFileSync(join(folder, 'subgraphs', `${runtime.name}.graphql`), `${runtime.sdl.trim()}\n`);
  writeFileSync(join(folder, 'supergraph.graphql'), `${bundle.supergraphSdl.trim()}\n`);
  writeFileSync(join(folder, 'graph.graphql'), `${printSchema(lexicographicSortSchema(bundle.apiSchema))}\n`);
  await bundle.close();
  await database.close();
  console.log(
    `Written to ${folder}/: supergraph.graphql, graph.graphql, subgraphs/*.graphql (graph version ${bundle.version})`,
  );
}
