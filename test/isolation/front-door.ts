import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoIssuer, Gateway, localLink, serveHttp } from '@countersign/gateway';
import { PrincipalSigner } from '@countersign/kernel';
import type { IsolationHouse } from './house.ts';

/** What came back over HTTP, and how it was meant. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Of the first error. */
  readonly code: string | undefined;
  readonly data: unknown;
}

/** The same graph behind its real front door. */
export interface FrontDoor {
  readonly url: string;
  readonly gateway: Gateway;
  readonly issuer: DemoIssuer;
  readonly signer: PrincipalSigner;
  readonly key: string;
  /** `body` is sent as it is, or as JSON. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  get(search: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  close(): Promise<void>;
}

export async function openFrontDoor({ kernel, runtimes }: IsolationHouse): Promise<FrontDoor> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-front-door-'));
  const issuer = new DemoIssuer(folder);
  const key = 'a key between processes, long enough for one';
  const signer = new PrincipalSigner(key);
  const gateway = await Gateway.create({
    config: { ...kernel.config, port: 0 },
    log: kernel.log,
    links: [...runtimes.values()].map(localLink),
    verifier: issuer,
    // The gateway's own: one header is taken once, whoever else has seen it.
    signer: new PrincipalSigner(key),
  });
  const server = await serveHttp(gateway);
  const url = `${server.url}/graphql`;
  return {
    url,
    gateway,
    issuer,
    signer,
    key,
    post: async (body, headers = {}) =>
      replyOf(
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    get: async (search, headers = {}) => replyOf(await fetch(`${url}?${new URLSearchParams(search)}`, { headers })),
    close: async () => {
      await server.close();
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  return { status: response.status, text, code: body.errors?.[0]?.extensions?.code, data: body.data };
}
