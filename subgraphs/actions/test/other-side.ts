import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to the hospital that can be blocked, for one tenant alone, and that counts what passes. */
export class OtherSide {
  /** `fail`: what is asked is answered 503; `hang`: it is not answered; in either case nothing is done. */
  mode: 'well' | 'fail' | 'failWrites' | 'hang' | 'hangWrites' = 'well';
  reads = 0;
  writes = 0;
  readonly #server: Server;

  private constructor(target: string) {
    this.#server = createServer((request, response) => {
      const writes = request.method !== 'GET' && request.method !== 'HEAD';
      if (writes) this.writes += 1;
      else this.reads += 1;
      if (this.mode === 'hang' || (this.mode === 'hangWrites' && writes)) return;
      if (this.mode === 'fail' || (this.mode === 'failWrites' && writes)) {
        response.writeHead(503).end();
        return;
      }
      const { method, url, headers } = request;
      const onward = send(`${target}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
  }

  static async before(target: string): Promise<OtherSide> {
    const side = new OtherSide(target);
    await new Promise<void>((ready) => side.#server.listen(0, '127.0.0.1', ready));
    return side;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // It listens on a port.
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
