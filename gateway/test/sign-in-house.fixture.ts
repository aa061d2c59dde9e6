import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig, newId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '@countersign/tenants';
import { DemoIssuer, Gateway, localLink, serveHttp } from '../src/index.ts';

export interface WholeHouse {
  readonly url: string;
  readonly issuer: DemoIssuer;
  readonly subgraphs: TestSubgraphs;
  readonly gateway: Gateway;
  /** A tenant with an admin and a viewer, `admin@NAME.test`; answers its id. */
  tenant(name: string): Promise<string>;
  /** Asks over HTTP as whom the headers say. */
  ask(headers: Record<string, string>, query: string, variables?: Record<string, unknown>): Promise<HttpAnswer>;
  /** The headers of somebody of a tenant. */
  as(email: string, tenant: string): Promise<Record<string, string>>;
  /** All that was told so far, as it lies on disk. */
  outbox(): Promise<{ type: string; principal: { kind: string; id: string }; payload: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

export interface HttpAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  /** Of the first error. */
  readonly code: unknown;
}

/** The real gateway over the real tenants subgraph, over HTTP. */
export async function openWholeHouse(config: Partial<Config> = {}): Promise<WholeHouse> {
  const secretKey = 'a key of more than thirty-two characters';
  const subgraphs = await startTestSubgraphs([tenants], { config: { secretKey } });
  const issuer = new DemoIssuer(mkdtempSync(join(tmpdir(), 'countersign-gateway-')));
  const gateway = await Gateway.create({
    config: { ...loadConfig({ COUNTERSIGN_PORT: '0' }), secretKey, ...config },
    log: subgraphs.kernel.log,
    links: [...subgraphs.runtimes.values()].map(localLink),
    verifier: issuer,
    demo: { issuer, users: [] },
  });
  const server = await serveHttp(gateway);
  return {
    url: server.url,
    issuer,
    subgraphs,
    gateway,
    tenant: async (name) => {
      const id = newId();
      const users = ['admin', 'viewer'].map((role) => ({ email: `${role}@${name}.test`, name: role, role }));
      await provisionTenant(subgraphs.database, { id, name, region: 'eu', users });
      return id;
    },
    ask: async (headers, query, variables) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as Omit<HttpAnswer, 'status' | 'code'>; // GraphQL's own shape.
      return { status: response.status, ...answer, code: answer.errors?.[0]?.extensions.code };
    },
    as: async (email, tenant) => ({ authorization: `Bearer ${(await issuer.sign(email, tenant)).token}` }),
    outbox: () =>
      subgraphs.database.asRole('relay', (em) =>
        em.execute('select type, principal, payload from kernel.outbox order by occurred_at'),
      ),
    close: async () => {
      await server.close();
      await gateway.close();
      await subgraphs.close();
    },
  };
}
