import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Hospital, startHospital } from '@countersign/demo-hospital';
import { type Config, type Executor, newId, type Principal, tenantId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { defineActions, type Timing } from '../src/index.ts';
import { Bank } from './ledger/bank.ts';
import { buildLedger } from './ledger/build.ts';

export interface UserError {
  code: string;
  message: string;
  path: string[] | null;
}

export interface ActionView {
  id: string;
  status: string;
  reversible: boolean;
  attempts: number;
  preview: { summary: string; changes: { path: string; before: unknown; after: unknown }[] };
  evidence: { answerId: string; marker: number; quote: string; document: { id: string } | null }[];
  policy: { decision: string; reasons: string[] };
  approvals: { decision: string; comment: string | null; approver: { id: string } | null }[];
  maker: { id: string } | null;
  outcome: { externalId: string | null; errorCode: string | null } | null;
  undo: { id: string; status: string; undoOf: { id: string } } | null;
}

export interface Answer {
  action: ActionView | null;
  userErrors: UserError[];
}

const fields = `
  action {
    id status reversible attempts preview { summary changes { path before after } }
    evidence { answerId marker quote document { id } } policy { decision reasons }
    approvals { decision comment approver { id } } maker { id }
    outcome { externalId errorCode } undo { id status undoOf { id } }
  }
  userErrors { code message path }`;

export const quote = 'A chest X-ray is ordered for every admission with a cough of more than three weeks.';

export const order = {
  patient: 'Patient/maria-lindqvist',
  code: { system: 'http://loinc.org', code: '36643-5', display: 'XR Chest 2 Views' },
  priority: 'ROUTINE',
  note: 'Cough for four weeks.',
};

/** Orders for patients whom no other test of the suite orders for. */
export function ordersOfOnesOwn(): () => typeof order {
  const patients = ['johan-berg', 'amina-hassan', 'lukas-novak', 'sofia-marino', 'erik-sundstrom', 'noor-van-dijk'];
  return () => ({ ...order, patient: `Patient/${patients.pop()}` });
}

interface Wishes {
  readonly loops?: boolean;
  readonly events?: boolean;
  readonly now?: () => Date;
  readonly ledger?: boolean;
  readonly config?: Partial<Config>;
}

/** The subgraph at work with the FHIR connector in its own process, and a hospital on a port. */
export class House {
  readonly operator: Principal;
  readonly approver: Principal;
  readonly auditor: Principal;
  readonly admin: Principal;
  /** Of another tenant, with all permissions. */
  readonly stranger = testPrincipal();
  /** An answer with one citation that the operator may read, and nobody else. */
  readonly answerId = newId();
  subgraphs!: TestSubgraphs;
  hospital!: Hospital;
  bank?: Bank;
  readonly #folder = mkdtempSync(join(tmpdir(), 'countersign-actions-'));

  private constructor() {
    const tenant = tenantId(newId());
    const someone = (role: string, ...permissions: string[]) =>
      testPrincipal({
        tenantId: tenant,
        roles: [role],
        permissions: ['actions:action:read', 'actions:sensitive:read', ...permissions],
      });
    const working = ['actions:action:approve', 'actions:action:execute', 'actions:action:undo', 'tool:*:propose'];
    this.operator = someone('operator', ...working);
    this.approver = someone('approver', 'actions:action:approve');
    this.auditor = someone('auditor', 'actions:log:read');
    this.admin = someone('admin', 'actions:*:*', 'tool:*:propose');
  }

  /** `events` starts the consumers, too; without `loops` nothing is done by itself; `now` is its clock; with `ledger` a small bank is there, with a connector of its own. */
  static async open(
    timing: Partial<Timing> = {},
    { ledger = false, config = {}, ...wishes }: Wishes = {},
  ): Promise<House> {
    buildPlugin();
    const house = new House();
    const plugins = ledger ? { pluginsDir: buildLedger(house.#folder) } : {};
    house.hospital = await startHospital({ port: 0, dataDir: join(house.#folder, 'hospital'), faults: true });
    // Faults are what many tests are about: a tool is left alone for them only where a test says so.
    const definition = defineActions({ breaker: { faults: 1_000 }, ...timing });
    house.subgraphs = await startTestSubgraphs([definition], {
      graph: house.#graph,
      loops: true,
      ...wishes,
      config: { ...config, ...plugins },
    });
    await house.#peopleAreThere();
    await house.configure({ baseUrl: `${house.hospital.url}/acme/fhir/R4` });
    if (!ledger) return house;
    house.bank = await Bank.open();
    await house.configure({ baseUrl: house.bank.url }, house.admin, 'ledger');
    return house;
  }

  /** Where the hospital keeps what it was told, whatever it answers. */
  get journal(): string {
    return join(this.#folder, 'hospital', 'acme.ndjson');
  }

  async close(): Promise<void> {
    await this.subgraphs.close();
    await this.hospital.close();
    await this.bank?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Asks as somebody; answers the data, whose shape the caller knows, and fails on errors. */
  async ask<Data>(who: Principal, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { data, errors } = await this.subgraphs.execute('actions', who, query, variables);
    if (errors) throw new Error(errors.map((error) => `${error.extensions?.code}: ${error.message}`).join('; '));
    return data as Data;
  }

  /** Asks as somebody; answers the code of the first error. */
  async refusal(who: Principal, query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
    const { errors } = await this.subgraphs.execute('actions', who, query, variables);
    return errors?.[0]?.extensions?.code;
  }

  configure(
    config: object,
    who = this.admin,
    connector = 'fhir',
  ): Promise<{ configureConnector: { userErrors: UserError[] } }> {
    const query = `mutation ($connector: String!, $config: JSON!) {
      configureConnector(input: { connector: $connector, config: $config }) { installation { id config } userErrors { code message path } }
    }`;
    return this.ask(who, query, { connector, config });
  }

  async propose(options: object | null = null, input: object = order, who = this.operator): Promise<Answer> {
    const query = `mutation ($input: FhirCreateServiceRequestInput!, $options: ActionOptions) {
      fhirCreateServiceRequest(input: $input, options: $options) { ${fields} }
    }`;
    return (await this.ask<{ fhirCreateServiceRequest: Answer }>(who, query, { input, options }))
      .fhirCreateServiceRequest;
  }

  approve = (actionId: string, who = this.approver) =>
    this.#act('approveAction', 'Approve', { actionId, comment: 'Seen.' }, who);
  reject = (actionId: string, who = this.approver) =>
    this.#act('rejectAction', 'Reject', { actionId, comment: 'No.' }, who);
  execute = (actionId: string, who = this.operator) => this.#act('executeAction', 'Execute', { actionId }, who);
  undo = (actionId: string, reason = 'Ordered for the wrong patient.', who = this.operator) =>
    this.#act('undoAction', 'Undo', { actionId, reason }, who);

  async action(id: string, who = this.operator): Promise<ActionView | null> {
    const query = `query ($id: ID!) { action(id: $id) ${fields.slice(0, fields.indexOf('userErrors')).replace('action', '')} }`;
    return (await this.ask<{ action: ActionView | null }>(who, query, { id })).action;
  }

  /** Proposes and approves; answers the action's id. */
  async approved(input: object = order): Promise<string> {
    const id = idOf(await this.propose(null, input));
    await this.approve(id);
    return id;
  }

  /** Reads an action until it stands there; fails after ten seconds. */
  async until(id: string, ...statuses: string[]): Promise<ActionView> {
    for (let left = 200; left > 0; left -= 1) {
      const action = await this.action(id);
      if (action && statuses.includes(action.status)) return action;
      await sleep(50);
    }
    throw new Error(`The action ${id} is not ${statuses.join(' or ')}: ${JSON.stringify(await this.action(id))}`);
  }

  /** The orders that the hospital holds for a patient. */
  async orders(patient = order.patient): Promise<{ id: string; status: string }[]> {
    const response = await fetch(`${this.hospital.url}/acme/fhir/R4/ServiceRequest?subject=${patient}&_count=100`);
    const bundle: { entry?: { resource: { id: string; status: string } }[] } = JSON.parse(await response.text());
    return (bundle.entry ?? []).map(({ resource }) => resource);
  }

  /** Makes the hospital fail, or with `none` work again. */
  async fault(
    mode: 'none' | 'down' | 'slow' | 'error500' | 'lostAnswer',
    { delayMs = 0, on = 'all' }: { delayMs?: number; on?: 'all' | 'writes' | 'fromFirstWrite' } = {},
  ): Promise<void> {
    await fetch(`${this.hospital.url}/_faults`, { method: 'POST', body: JSON.stringify({ mode, delayMs, on }) });
  }

  async #act(field: string, type: string, input: object, who: Principal): Promise<Answer> {
    const query = `mutation ($input: ${type}ActionInput!) { ${field}(input: $input) { ${fields} } }`;
    return (await this.ask<Record<string, Answer>>(who, query, { input }))[field] as Answer; // The one field asked for.
  }

  /** What somebody is and holds when the product looks them up by itself; they must have been there before. */
  async known({ id, roles, groups = [], permissions }: Principal): Promise<void> {
    const list = (values: readonly string[]) => `'{${values.map((each) => `"${each}"`).join(',')}}'`;
    await this.#asOwner(
      `insert into kernel.person values ('${id}', ${list(roles)}, ${list(groups)}, ${list([...permissions])})`,
    );
  }

  /** Somebody leaves the tenant. */
  async leaves({ id }: Principal): Promise<void> {
    await this.#asOwner(`insert into kernel.gone values ('${id}')`);
  }

  /** In the place of the tenants subgraph: everybody is there who has not left. */
  #peopleAreThere(): Promise<void> {
    return this.#asOwner(`
      create table kernel.gone (id text primary key);
      create table kernel.person (id text primary key, roles text[], groups text[], permissions text[]);
      grant select on kernel.gone, kernel.person to countersign_app;
      create or replace function kernel.access_of(kind text, id text, session text)
        returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                       until timestamptz)
        language sql stable as $$
          select $2, null, coalesce(known.roles, '{}'), coalesce(known.groups, '{}'),
                 coalesce(known.permissions, '{}'), '{}'::jsonb, null::timestamptz
          from (select $2 as id) as asked left join kernel.person as known on known.id = asked.id
          where not exists (select from kernel.gone where gone.id = $2) $$;`);
  }

  async #asOwner(sql: string): Promise<void> {
    const { backend } = this.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test reaches round the application.');
    await backend.turnstile.run(() => backend.pglite.exec(sql));
  }

  /** Stands for the whole graph: one answer, which its asker alone may read. */
  readonly #graph: Executor = async ({ variables }, { principal }) => {
    const known = variables?.id === this.answerId && principal.id === this.operator.id;
    const citations = [{ marker: 1, quote, document: { id: 'document-1' }, passage: { id: 'passage-1' } }];
    return { data: { answer: known ? { id: this.answerId, status: 'ANSWERED', citations } : null } };
  };
}

export function idOf({ action, userErrors }: Answer): string {
  if (!action) throw new Error(`No action: ${JSON.stringify(userErrors)}`);
  return action.id;
}

export const codesOf = ({ userErrors }: Answer): string[] => userErrors.map(({ code }) => code);

function buildPlugin(): void {
  const plugin = join(import.meta.dirname, '../../../plugins/fhir');
  if (!existsSync(join(plugin, 'dist/manifest.json'))) execFileSync(process.execPath, [join(plugin, 'build.mjs')]);
}
