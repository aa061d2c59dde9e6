import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  assembleKernel,
  createLogger,
  Database,
  ensureLoginRole,
  GraphClient,
  type Kernel,
  loadConfig,
  newId,
  type Principal,
  registerPermissions,
  requestContext,
  SubgraphRuntime,
  servicePrincipal,
  tenantId,
} from '@countersign/kernel';
import { provisionTenant, tenants } from '@countersign/tenants';
import { Client } from 'pg';
import { repository } from '../federation/deployment.ts';
import { CleanUp } from '../harness/clean-up.ts';
import { percentile } from '../harness/figures.ts';
import { duration, type Row, times } from './report.ts';
import type { Seen } from './watch-principal.ts';

const wantedUs = 1_000_000;
/** How long a process believes what it knows, if nobody tells it otherwise. */
const believedUs = 5_000_000;

/**
 * How long after its commit a change of a role is in force in another process: that process asks every millisecond, as
 * requests would, and says when it sees it. All times are this process's own, so that the way back is counted in.
 */
export async function measureEffect(options: { changes: number; unheard: number }): Promise<Row[]> {
  const cleanUp = new CleanUp();
  try {
    return await measure(options, cleanUp);
  } finally {
    await cleanUp.run();
  }
}

async function measure({ changes, unheard }: { changes: number; unheard: number }, cleanUp: CleanUp): Promise<Row[]> {
  const server = await startServer(cleanUp);
  const office = await openOffice(server, cleanUp);
  const watcher = await Watcher.start(server.appUrl, office.watched, cleanUp);
  const there: number[] = [];
  const here: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    const seen = watcher.next();
    const committed = await office.change(change % 2 === 0);
    here.push((committed.inForceHere - committed.at) * 1_000);
    there.push(Math.max(0, (await seen) - committed.at) * 1_000);
  }
  await asOwner(server, 'alter table kernel.access disable trigger tell');
  const untold: number[] = [];
  for (let change = 0; change < unheard; change += 1) {
    // Right after the last one was seen: the worst moment, as the process has just asked.
    const seen = watcher.next();
    const { at } = await office.change((changes + change) % 2 === 0);
    untold.push(((await seen) - at) * 1_000);
  }
  const sorted = { there: there.sort(ascending), here: here.sort(ascending) };
  const row = (percent: number): Row => {
    const [other, own] = [percentile(sorted.there, percent), percentile(sorted.here, percent)];
    return {
      what: percent === 50 ? `a change in force in another process, p50 of ${changes}` : '  p99',
      measured: duration(other),
      beside: `${duration(own)} in its own`,
      ratio: times(other, own),
      ...(percent === 99 && { wanted: '<= 1 s', isMet: other <= wantedUs }),
    };
  };
  const worst = Math.max(...untold);
  return [
    row(50),
    row(99),
    {
      what: `  when nobody is told, worst of ${unheard}`,
      measured: duration(worst),
      beside: `${duration(believedUs)} believed`,
      ratio: times(worst, believedUs),
      wanted: 'believed + 1 s',
      isMet: worst <= believedUs + wantedUs,
    },
  ];
}

const ascending = (a: number, b: number): number => a - b;

interface Server {
  readonly appUrl: string;
  readonly ownerUrl: string;
}

/** The server that the tests use, too. It stands outside of this package, so that its types are said here. */
interface PostgresModule {
  startPostgres(): Promise<Server & { stop(): Promise<void> }>;
}

async function startServer(cleanUp: CleanUp): Promise<Server> {
  const { startPostgres } = (await import(`${repository}test/support/postgres.ts`)) as PostgresModule; // Typed above.
  const server = await startPostgres();
  cleanUp.add(() => server.stop());
  return server;
}

async function asOwner({ ownerUrl }: Server, sql: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

interface Committed {
  /** When the commit was acknowledged, and when the change was in force in this process. */
  readonly at: number;
  readonly inForceHere: number;
}

/** Where roles are administered: the tenants subgraph, with a role that somebody holds. */
interface Office {
  readonly watched: Principal;
  /** Gives the role its permission, or takes it away. */
  change(granted: boolean): Promise<Committed>;
}

async function openOffice({ appUrl, ownerUrl }: Server, cleanUp: CleanUp): Promise<Office> {
  const database = await Database.open({ entities: tenants.entities, url: appUrl });
  cleanUp.add(() => database.close());
  await database.migrate(tenants.migrations, ownerUrl);
  await ensureLoginRole(ownerUrl, appUrl);
  const log = createLogger('silent');
  const kernel = assembleKernel({ config: loadConfig({}), database, graph: new GraphClient(), log });
  const subgraph = new SubgraphRuntime(tenants, kernel);
  await registerPermissions(database, subgraph);
  await kernel.access.start();
  cleanUp.add(() => kernel.access.stop());
  const tenant = newId();
  const users = ['admin', 'viewer'].map((name) => ({ email: `${name}@bench.test`, name, role: name }));
  await provisionTenant(database, { id: tenant, name: 'bench', region: 'eu', users });
  const ask = asker(subgraph, kernel);
  const gateway = servicePrincipal(tenant, 'gateway', []);
  const signIn = async (name: string): Promise<Principal> => {
    const { signIn } = await ask<{ signIn: Principal }>(gateway, signInQuery, { email: `${name}@bench.test` });
    const held = Object.fromEntries(Object.entries(signIn).filter(([, value]) => value !== null));
    return { ...held, tenantId: tenantId(tenant) } as Principal; // The query says so.
  };
  const make = { input: { name: 'Night shift', permissions: [] } };
  const made = await ask<{ createRole: { role: { id: string } } }>(await signIn('admin'), create, make);
  const roleId = made.createRole.role.id;
  const viewer = await signIn('viewer');
  await ask(await signIn('admin'), assign, { input: { roleId, userId: viewer.id } });
  const watched = await kernel.access.current(viewer);
  return {
    watched,
    change: async (granted) => {
      const admin = await signIn('admin');
      const committed = inForce(kernel, watched);
      await ask(admin, update, { input: { id: roleId, permissions: granted ? ['tenants:policy:read'] : [] } });
      return committed;
    },
  };
}

type Ask = <Data>(principal: Principal, query: string, variables: Record<string, unknown>) => Promise<Data>;

function asker(subgraph: SubgraphRuntime, { log }: Kernel): Ask {
  return async <Data>(principal: Principal, query: string, variables: Record<string, unknown>) => {
    const { data, errors = [] } = await subgraph.execute({ query, variables }, requestContext(principal, log));
    const refused = Object.values(data ?? {}).flatMap((each) => (each as { userErrors?: Error[] })?.userErrors ?? []);
    const [problem] = [...errors, ...refused];
    if (problem) throw new Error(problem.message);
    return data as Data; // The caller knows what it asked for.
  };
}

/** The next commit that changes who may do what, and when this process itself goes by it. */
function inForce({ database, access }: Kernel, watched: Principal): Promise<Committed> {
  return new Promise((resolve, reject) => {
    const forget = database.onCommit(({ accessChanged }) => {
      if (!accessChanged) return;
      forget();
      const at = performance.now();
      Promise.resolve(access.current(watched)).then(
        () => resolve({ at, inForceHere: performance.now() }),
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  });
}

const signInQuery = `query($email: String!) {
  signIn(email: $email) { kind id person email roles groups permissions attributes revision until }
}`;
const create = `mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } userErrors { message } } }`;
const assign = `mutation($input: AssignRoleInput!) { assignRole(input: $input) { userErrors { message } } }`;
const update = `mutation($input: UpdateRoleInput!) { updateRole(input: $input) { userErrors { message } } }`;

/** Another process of the product, which watches what a principal may do. */
class Watcher {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(url: string, watched: Principal, cleanUp: CleanUp): Promise<Watcher> {
    const script = fileURLToPath(new URL('./watch-principal.js', import.meta.url));
    const child = fork(script, [], { env: { PATH: process.env.PATH ?? '', WATCH_DATABASE_URL: url } });
    cleanUp.add(() => stop(child));
    const watcher = new Watcher(child);
    const ready = watcher.next();
    child.send(watched);
    await ready;
    return watcher;
  }

  /** When the next change is seen: the moment that this process hears of it. */
  next(): Promise<number> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('The process that watches has ended.'));
      this.#child.once('exit', ended);
      this.#child.once('message', (_seen: Seen) => {
        this.#child.off('exit', ended);
        resolve(performance.now());
      });
    });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  await ended;
}
