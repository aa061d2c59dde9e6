import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherSide {
  url: string;
  /** Method and path of each request that came. */
  requests: string[];
  /** The headers of the last one. */
  headers(): NodeJS.Dict<string | string[]>;
  close(): Promise<void>;
}

/** A server with a few bad manners, by path: `/silent`, `/large`, `/loop`, `/to?<url>`; anything else answers `fine`. */
export async function startOtherSide(): Promise<OtherSide> {
  const requests: string[] = [];
  let headers: NodeJS.Dict<string | string[]> = {};
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    requests.push(`${request.method} ${url}`);
    headers = request.headers;
    if (url === '/silent') return;
    if (url === '/large') return void response.end('x'.repeat(6_000_000));
    if (url === '/loop') return void response.writeHead(302, { location: '/loop' }).end();
    if (url.startsWith('/to?')) return void response.writeHead(307, { location: url.slice('/to?'.length) }).end();
    response.writeHead(200, { 'set-cookie': 'a=b' }).end('fine');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    headers: () => headers,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
