import { newId, type Principal, tenantId } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import type { CrashGround } from './ground.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How many actions the tenant lets be done: the load reaches it. */
export const mostActions = 24;

const patients = ['ada', 'ben', 'cleo'];

/** A tenant and its house in the hospital: the world of one round. */
export class CrashHouse {
  readonly tenantId = tenantId(newId());
  readonly operator = this.#someone('operator', 'execute', 'undo', 'approve');
  readonly approver = this.#someone('approver', 'approve');
  readonly admin = testPrincipal({ tenantId: this.tenantId, roles: ['admin'] });
  readonly name: string;
  readonly #ground: CrashGround;

  constructor(ground: CrashGround, name: string) {
    this.#ground = ground;
    this.name = name;
  }

  get url(): string {
    return `${this.#ground.hospital.url}/${this.name}/fhir/R4`;
  }

  /** Patients to order for, the connector's configuration, and a gate with a limit. */
  async furnish(worker: WorkerProcess): Promise<void> {
    for (const id of patients) {
      const body = JSON.stringify({ resourceType: 'Patient', id, name: [{ text: id }] });
      const headers = { 'content-type': 'application/fhir+json' };
      const { ok } = await fetch(`${this.url}/Patient/${id}`, { method: 'PUT', headers, body });
      if (!ok) throw new Error(`The hospital does not take ${id} in.`);
    }
    const limits = [{ count: { most: mostActions, window: 'P1D', per: 'TENANT' } }];
    const input = { name: 'A day', gate: { tools: ['*'], limits }, reason: 'So many a day.' };
    const done = [
      await worker.ask(this.admin, configure, { config: { baseUrl: this.url } }),
      await worker.ask(this.admin, setGate, { input }),
    ];
    for (const payload of done) if (payload?.userErrors?.length !== 0) throw new Error(JSON.stringify(done));
  }

  /** What the hospital has been made to do, by the id of the action: the status of each order that carries it. */
  async effects(): Promise<Map<string, string[]>> {
    const effects = new Map<string, string[]>();
    const response = await fetch(`${this.url}/ServiceRequest?_count=1000`);
    const bundle: Bundle = JSON.parse(await response.text());
    for (const { resource } of bundle.entry ?? []) {
      for (const { value } of resource.identifier) effects.set(value, [...(effects.get(value) ?? []), resource.status]);
    }
    return effects;
  }

  async fault(mode: string, { delayMs = 0, on = 'writes' } = {}): Promise<void> {
    const url = `${this.#ground.hospital.url}/_faults`;
    await fetch(url, { method: 'POST', body: JSON.stringify({ mode, delayMs, on }) });
  }

  #someone(role: string, ...verbs: string[]): Principal {
    const permissions = ['actions:action:read', 'actions:sensitive:read', 'tool:*:propose'];
    return testPrincipal({
      tenantId: this.tenantId,
      roles: [role],
      permissions: [...permissions, ...verbs.map((verb) => `actions:action:${verb}`)],
    });
  }
}

/** An order that differs by its note. */
export const orderOf = (patient: number, note: string) => ({
  patient: `Patient/${patients[patient % patients.length]}`,
  code: { system: 'http://loinc.org', code: '4548-4' },
  priority: 'ROUTINE',
  note,
});

interface Bundle {
  entry?: { resource: { status: string; identifier: { value: string }[] } }[];
}

const configure = `mutation ($config: JSON!) {
  configureConnector(input: { connector: "fhir", config: $config }) { userErrors { code message } } }`;
const setGate =
  'mutation ($input: SetActionGateInput!) { setActionGate(input: $input) { userErrors { code message } } }';
