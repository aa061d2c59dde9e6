import { createServer } from 'node:http';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { order } from './acting.ts';
import { post } from './post.ts';

/**
 * A process of its own: the same two calls as a durable workflow of DBOS Transact, begun and awaited by one request.
 * `node dbos-peer.js PORT OTHER_SIDE DATABASE_URL`.
 */
const [port, otherSide, systemDatabaseUrl] = process.argv.slice(2);

const act = DBOS.registerWorkflow(
  async () => {
    await DBOS.runStep(() => read(`${otherSide}/acme/fhir/R4/${order.patient}`), { name: 'preview' });
    const resource = { resourceType: 'ServiceRequest', ...order };
    return await DBOS.runStep(() => post(`${otherSide}/acme/fhir/R4/ServiceRequest`, resource), { name: 'execute' });
  },
  { name: 'act' },
);

DBOS.setConfig({ name: 'peer', systemDatabaseUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
await DBOS.launch();
const server = createServer(async (request, response) => {
  request.resume();
  const result = request.url === '/health' ? {} : await act();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(result));
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => void DBOS.shutdown().then(() => process.exit(0)));

async function read(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}
