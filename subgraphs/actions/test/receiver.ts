import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** One request that the receiver got. */
export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, received: Received) => void;

/** A receiver of webhooks on a port of this machine. Each path is an endpoint, and answers 204 unless told otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;
  #paths = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Receiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const path = request.url ?? '';
        receiver.#take({ path, id, headers: request.headers, body: Buffer.concat(chunks).toString() }, response);
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get origin(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('The receiver does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** The path of an endpoint that no other test has. */
  path(): string {
    this.#paths += 1;
    return `/hooks/${this.#paths}`;
  }

  /** How the path answers from now on: with a status, or as told; after `times` as before. */
  answer(path: string, how: number | Answer, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    this.#answers.set(path, (response, received) => {
      if (left <= 0) return usual(response, received);
      left -= 1;
      if (typeof how === 'number') response.writeHead(how).end();
      else how(response, received);
    });
  }

  at(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** Waits until the path got that many; fails after fifteen seconds. */
  async until(path: string, count: number): Promise<Received[]> {
    for (let left = 300; left > 0 && this.at(path).length < count; left -= 1) await sleep(50);
    const got = this.at(path);
    if (got.length < count) throw new Error(`${path} got ${got.length} webhooks, not ${count}.`);
    return got;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(received: Received, response: ServerResponse): void {
    this.received.push(received);
    (this.#answers.get(received.path) ?? usual)(response, received);
  }
}

const usual: Answer = (response) => response.writeHead(204).end();

/** The body, if the library of Standard Webhooks takes its signature. Throws otherwise. */
export function verified(
  { headers, body }: Received,
  secret: string,
): { type: string; timestamp: string; data: Record<string, unknown> } {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(secret).verify(body, shown) as ReturnType<typeof verified>; // Its type is whatever JSON it is.
}
