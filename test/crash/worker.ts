import { flushCompileCache } from 'node:module';
import { defineActions } from '@countersign/actions';
import {
  assembleKernel,
  createLogger,
  Database,
  GraphClient,
  loadConfig,
  registerPermissions,
  requestContext,
  SubgraphRuntime,
} from '@countersign/kernel';
import { type FromWorker, type ToWorker, timing } from './protocol.ts';

// One process of the actions subgraph on a database that it shares with others: the least that can be killed. It asks
// and answers over the channel of the process that started it, in the place of a gateway.

const config = loadConfig();
const log = createLogger(config.logLevel);
const definition = defineActions(timing);
const database = await Database.open({ entities: definition.entities, url: config.database.url, poolSize: 6 });
const kernel = assembleKernel({ config, database, graph: new GraphClient(), log });
const runtime = new SubgraphRuntime(definition, kernel);
await registerPermissions(database, runtime);
await kernel.access.start();
await runtime.parts.start?.();

process.on('message', ({ number, principal, query, variables }: ToWorker) => {
  void runtime
    .execute({ query, variables }, requestContext(principal, log, { surface: 'test' }))
    .then((result) => tell({ number, result }));
});
// Whoever started it is gone, and nobody would end it.
process.on('disconnect', () => process.exit(0));
for (const loop of runtime.parts.loops ?? []) loop.start();
// Otherwise it is kept when a process ends well, which none of these does.
flushCompileCache();
tell('ready');

function tell(message: FromWorker): void {
  // The channel may be closed by now: then nobody waits for the answer.
  process.send?.(message, () => {});
}
