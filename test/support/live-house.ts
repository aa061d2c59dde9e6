import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineActions } from '@countersign/actions';
import { type Hospital, startHospital } from '@countersign/demo-hospital';
import {
  DemoIssuer,
  Gateway,
  type HttpServer,
  localLink,
  remoteLink,
  type SubgraphLink,
  serveHttp,
} from '@countersign/gateway';
import { loadConfig, newId, PrincipalSigner, type SubgraphRuntime, serveSubgraph } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '@countersign/tenants';
import type { ExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { root } from './product.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
export type Told = ExecutionResult<any>;

/** What a subscriber hears: answers one after another, and how it ended. */
export interface Heard {
  /** The next answer's data. Throws with the codes of its errors, or with what it ended with. */
  // biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
  next(): Promise<any>;
  /** The codes that it ends with, once it does; empty for a plain end. */
  ended(): Promise<string[]>;
  leave(): void;
}

const people = { admin: 'admin', operator: 'operator', approver: 'approver', auditor: 'auditor', leaver: 'viewer' };
const everybody = { ...people, partner: 'partner', two: 'viewer', three: 'viewer' };

/** Tenants and actions behind the real gateway over HTTP, with a hospital to act upon. */
export class LiveHouse {
  readonly acme = newId();
  readonly globex = newId();
  readonly issuer: DemoIssuer;
  subgraphs!: TestSubgraphs;
  gateway!: Gateway;
  server!: HttpServer;
  #hospital!: Hospital;
  readonly #folder = mkdtempSync(join(tmpdir(), 'countersign-live-'));
  readonly #clients: Client[] = [];
  readonly #served: { close(): Promise<void> }[] = [];

  private constructor() {
    this.issuer = new DemoIssuer(this.#folder);
  }

  /** `apart`: the gateway reaches its subgraphs over HTTP, as in the distributed product. */
  static async open({ apart = false } = {}): Promise<LiveHouse> {
    const plugin = join(root, 'plugins/fhir');
    if (!existsSync(join(plugin, 'dist/manifest.json'))) execFileSync(process.execPath, [join(plugin, 'build.mjs')]);
    const house = new LiveHouse();
    house.#hospital = await startHospital({ port: 0, dataDir: join(house.#folder, 'hospital') });
    house.subgraphs = await startTestSubgraphs([tenants, defineActions()], {
      graph: (request, context) => house.gateway.bundle.execute(request, context),
      loops: true,
    });
    for (const [name, id] of [
      ['acme', house.acme],
      ['globex', house.globex],
    ] as const) {
      const users = Object.entries(everybody).map(([who, role]) => ({ email: `${who}@${name}.test`, name: who, role }));
      await provisionTenant(house.subgraphs.database, { id, name, region: 'eu', users });
    }
    house.gateway = await Gateway.create({
      config: { ...loadConfig({ COUNTERSIGN_PORT: '0' }), allowedOrigins: ['https://app.example'] },
      log: house.subgraphs.kernel.log,
      links: apart ? await house.#apart() : [...house.subgraphs.runtimes.values()].map(localLink),
      verifier: house.issuer,
    });
    house.server = await serveHttp(house.gateway);
    for (const name of ['acme', 'globex']) {
      const config = { baseUrl: `${house.#hospital.url}/${name}/fhir/R4` };
      const query = `mutation ($config: JSON!) {
        configureConnector(input: { connector: "fhir", config: $config }) { userErrors { code } }
      }`;
      await house.ask(`admin@${name}.test`, query, { config });
    }
    return house;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.dispose();
    await this.server.close();
    await this.gateway.close();
    await this.endSubgraphs();
    await this.subgraphs.close();
    await this.#hospital.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the servers of the subgraphs, where they are reached over HTTP. */
  async endSubgraphs(): Promise<void> {
    await Promise.all(this.#served.splice(0).map((served) => served.close()));
  }

  async #apart(): Promise<SubgraphLink[]> {
    const { log } = this.subgraphs.kernel;
    const key = 'a key between processes, long enough for one';
    const link = async (runtime: SubgraphRuntime): Promise<SubgraphLink> => {
      const place = { host: 'localhost', port: 0 };
      const served = await serveSubgraph({ runtime, signer: new PrincipalSigner(key), log, ...place });
      this.#served.push(served);
      return remoteLink(runtime.name, served.url, new PrincipalSigner(key), log);
    };
    return Promise.all([...this.subgraphs.runtimes.values()].map(link));
  }

  get url(): string {
    return `${this.server.url}/graphql`;
  }

  async token(email: string, seconds?: number): Promise<string> {
    const tenant = email.endsWith('@acme.test') ? this.acme : this.globex;
    return (await this.issuer.sign(email, tenant, seconds)).token;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
  async ask(email: string, query: string, variables: object = {}): Promise<any> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.token(email)}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Told;
    if (errors) throw new Error(JSON.stringify(errors));
    const problems = Object.values(data).flatMap((field) => (field as { userErrors?: object[] })?.userErrors ?? []);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return data;
  }

  /** Proposes as somebody; answers the action's id. */
  async propose(email = 'operator@acme.test', patient = 'maria-lindqvist'): Promise<string> {
    const query = `mutation ($input: FhirCreateServiceRequestInput!) {
      fhirCreateServiceRequest(input: $input) { action { id } userErrors { code message } }
    }`;
    const code = { system: 'http://loinc.org', code: '36643-5', display: 'XR Chest 2 Views' };
    const input = { patient: `Patient/${patient}`, code, priority: 'ROUTINE', note: 'Cough for four weeks.' };
    return (await this.ask(email, query, { input })).fhirCreateServiceRequest.action.id;
  }

  act(email: string, field: string, type: string, input: object): Promise<unknown> {
    const query = `mutation ($input: ${type}Input!) { ${field}(input: $input) { userErrors { code message } } }`;
    return this.ask(email, query, { input });
  }

  approve = (actionId: string) => this.act('approver@acme.test', 'approveAction', 'ApproveAction', { actionId });
  execute = (actionId: string) => this.act('operator@acme.test', 'executeAction', 'ExecuteAction', { actionId });

  /** A client over WebSocket, one connection for all it subscribes to. */
  socket(connectionParams: Record<string, unknown>): Client {
    const client = createClient({
      url: this.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
    this.#clients.push(client);
    return client;
  }

  async overSocket(email: string, query: string, variables: Record<string, unknown> = {}): Promise<Heard> {
    const client = this.socket({ authorization: `Bearer ${await this.token(email)}` });
    return heard(client.iterate({ query, variables }) as AsyncIterableIterator<Told>);
  }

  async overEvents(email: string, query: string, variables: Record<string, unknown> = {}): Promise<Heard> {
    const headers = { authorization: `Bearer ${await this.token(email)}` };
    const client = createSseClient({ url: this.url, headers, retryAttempts: 0 });
    return heard(client.iterate({ query, variables }) as AsyncIterableIterator<Told>);
  }

  /** Answers once so many live operations are under way. */
  async underWay(count: number): Promise<void> {
    for (let left = 400; this.gateway.live.size !== count; left -= 1) {
      if (left === 0) throw new Error(`${this.gateway.live.size} live operations are under way, and not ${count}.`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

export function heard(events: AsyncIterableIterator<Told>): Heard {
  const next = async () => {
    const { value, done } = await events.next();
    if (done) throw [];
    if (value.errors) throw value.errors;
    return value.data;
  };
  return {
    next,
    ended: async () => {
      for (;;) {
        const end = await next().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (Array.isArray(end)) return end.map(({ extensions }) => String(extensions?.code));
        if (end !== undefined) throw end;
      }
    },
    leave: () => void events.return?.(),
  };
}
