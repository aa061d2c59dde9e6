import {
  assembleKernel,
  CountersignError,
  GraphClient,
  loadConfig,
  PrincipalSigner,
  remoteExecutor,
  SubgraphRuntime,
  serveSubgraph as serve,
  startTracing,
} from '@countersign/kernel';
import { CleanUp } from '../house/clean-up.ts';
import { openDatabase } from '../house/database.ts';
import { houseLogger } from '../house/house.ts';
import { allSubgraphs } from '../house/subgraphs.ts';
import { startWorkers } from '../house/workers.ts';
import { untilToldToEnd } from './until-told.ts';

/** `countersign subgraph NAME`: one subgraph over HTTP, for a gateway in another process. */
export async function serveSubgraph(name: string): Promise<void> {
  const config = loadConfig();
  const definition = allSubgraphs.find((each) => each.name === name);
  if (!definition) {
    throw new CountersignError(
      'CONFIG_INVALID',
      `There is no subgraph ${name}; there are ${allSubgraphs.map((each) => each.name).join(', ')}.`,
    );
  }
  const { principalKey, gatewayUrl } = config;
  if (!config.database.url || !principalKey || !gatewayUrl) {
    throw new CountersignError(
      'CONFIG_INVALID',
      'A subgraph process needs COUNTERSIGN_DATABASE_URL, COUNTERSIGN_PRINCIPAL_KEY and COUNTERSIGN_GATEWAY_URL.',
    );
  }
  const log = houseLogger(config);
  const signer = new PrincipalSigner(principalKey);
  const cleanUp = new CleanUp();
  try {
    cleanUp.add(startTracing(config.otlpEndpoint));
    const database = await openDatabase(config);
    cleanUp.add(() => database.close());
    const graph = new GraphClient();
    graph.connect(remoteExecutor(gatewayUrl, 'gateway', signer));
    const kernel = assembleKernel({ config, database, graph, log });
    const runtime = new SubgraphRuntime(definition, kernel);
    await startWorkers([runtime], kernel, cleanUp);
    const server = await serve({ runtime, signer, log, host: config.host, port: config.port });
    cleanUp.add(() => server.close());
    console.log(`The ${name} subgraph answers at ${server.url}`);
    await untilToldToEnd();
  } finally {
    await cleanUp.run();
  }
}
