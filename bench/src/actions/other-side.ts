import { createServer, type IncomingMessage } from 'node:http';

/**
 * A process of its own: what the FHIR connector needs of a FHIR R4 server, answered at once and kept nowhere, so that
 * what is measured is what stands before it. `node other-side.js PORT`.
 */
const port = Number(process.argv[2]);
let made = 0;

const server = createServer(async (request, response) => {
  const body = await textOf(request);
  const url = request.url ?? '';
  const answer = (status: number, resource: object): void => {
    response.writeHead(status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(resource));
  };
  const patient = /\/Patient\/([^/?]+)$/.exec(url)?.[1];
  if (patient) {
    const name = [{ use: 'official', text: 'Maria Lindqvist' }];
    return answer(200, { resourceType: 'Patient', id: patient, meta: { versionId: '1' }, name });
  }
  if (request.method === 'POST' && url.endsWith('/ServiceRequest')) {
    made += 1;
    return answer(201, { ...JSON.parse(body), id: `order-${made}`, meta: { versionId: '1' } });
  }
  if (url === '/health') return answer(200, { status: 'ok', made });
  answer(200, { resourceType: 'Bundle', type: 'searchset', entry: [] });
});
server.listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
