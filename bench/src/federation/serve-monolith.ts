import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createMonolith, type GraphRequest } from './monolith.ts';
import type { Rows } from './rows.ts';

// `node serve-monolith.js PORT ROWS`: the peer as a process of its own, on nothing but Node's own HTTP server.
const [port, file] = process.argv.slice(2);
if (!port || !file) throw new Error('usage: serve-monolith PORT ROWS');

const monolith = createMonolith(JSON.parse(readFileSync(file, 'utf8')) as Rows); // Written by the bench.

const server = createServer(async (request, response) => {
  const answer = request.method === 'POST' ? await monolith(await bodyOf(request)) : { data: null };
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer));
});
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  process.exit();
});

async function bodyOf(request: IncomingMessage): Promise<GraphRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as GraphRequest;
}
