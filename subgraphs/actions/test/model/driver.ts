import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Principal } from '@countersign/kernel';
import { House, idOf, order } from '../house.ts';
import type { ActionDeed, Deed, Fault, Thing } from './world.ts';

/** What is seen of an action from outside. */
export type Seen = Pick<Thing, 'status' | 'effect' | 'retried' | 'dead' | 'undo'>;

/** How a fault of the model's is brought about in the hospital. */
const faults: Record<Fault, Parameters<House['fault']>> = {
  none: ['none'],
  writesFail: ['error500', { on: 'writes' }],
  writesUnheard: ['lostAnswer', { on: 'writes' }],
  cutAtWrite: ['down', { on: 'fromFirstWrite' }],
  cutAfterWrite: ['lostAnswer', { on: 'fromFirstWrite' }],
  cut: ['down', { on: 'all' }],
};

const beginning = new Date('2026-05-04T08:00:00Z').getTime();

/** Does the model's deeds in the running subgraph, with a clock of its own and nothing that happens by itself. */
export class Driver {
  readonly house: House;
  readonly #clock: { now: number };
  #actions: { id: string; patient: string }[] = [];
  #versions = 0;

  private constructor(house: House, clock: { now: number }) {
    this.house = house;
    this.#clock = clock;
  }

  static async open(): Promise<Driver> {
    const clock = { now: beginning };
    const retries = { failures: 3, withinMs: 10 * 365 * 24 * 3_600_000 };
    // Time stands still while something is done, so no call may run out of it.
    const timing = { callTimeoutMs: 30_000, leaseMs: 60_000, patienceMs: 60_000, retries };
    return new Driver(await House.open(timing, { loops: false, now: () => new Date(clock.now) }), clock);
  }

  /** From here on of new actions only. */
  startAnew(): void {
    this.#actions = [];
  }

  /** Does it; answers the code of the refusal, or null. `fault` is the hospital's at this time. */
  async do(deed: Deed, fault: Fault): Promise<string | null> {
    switch (deed.kind) {
      case 'later':
        this.#clock.now += deed.minutes * 60_000;
        return null;
      case 'fault':
        await this.house.fault(...faults[deed.fault]);
        return null;
      case 'suspend':
      case 'resume':
        return this.#turn(deed.kind);
      case 'tick':
        await this.#once('action-expiry');
        await this.#once('action-recovery');
        return null;
      case 'propose':
        return this.#propose(fault);
      case 'drift':
        await this.#patient(this.#at(deed.of).patient, fault);
        return null;
      default:
        return this.#act(deed.kind, deed.of);
    }
  }

  see(): Promise<Seen[]> {
    const effects = this.#effects();
    const query = 'query ($id: ID!) { action(id: $id) { status retryAt deadAt undo { status } } }';
    return Promise.all(
      this.#actions.map(async ({ id, patient }) => {
        const { action } = await this.house.ask<{ action: Shown }>(this.house.operator, query, { id });
        const { status, retryAt, deadAt, undo } = action;
        const orders = effects.get(patient) ?? [];
        if (orders.length > 1) throw new Error(`${orders.length} orders came of one action.`);
        const effect = orders[0] ?? 'none';
        return { status, effect, retried: retryAt !== null, dead: deadAt !== null, undo: undo?.status ?? null };
      }),
    );
  }

  async #propose(fault: Fault): Promise<string | null> {
    const patient = `model-${newId()}`;
    await this.#patient(patient, fault);
    const answer = await this.house.propose(null, { ...order, patient: `Patient/${patient}` });
    if (!answer.action) return answer.userErrors[0]?.code ?? 'NOTHING';
    this.#actions.push({ id: idOf(answer), patient });
    return null;
  }

  async #act(deed: Exclude<ActionDeed, 'drift'>, of: number): Promise<string | null> {
    const { operator, approver } = this.house;
    const { id: actionId, patient } = this.#at(of);
    const reason = 'So it goes.';
    this.#versions += 1;
    const input = { ...order, patient: `Patient/${patient}`, note: `Version ${this.#versions}.` };
    const how: Record<typeof deed, { name: string; more?: object; who?: Principal }> = {
      approve: { name: 'approve', who: approver },
      approveOwn: { name: 'approve' },
      reject: { name: 'reject', who: approver },
      withdraw: { name: 'reject' },
      execute: { name: 'execute' },
      undo: { name: 'undo', more: { reason } },
      requeue: { name: 'requeue', more: { reason } },
      abandon: { name: 'abandon', more: { reason } },
      revise: { name: 'revise', more: { input, reason } },
      previewAgain: { name: 'preview' },
    };
    const { name, more = {}, who = operator } = how[deed];
    return this.#mutate(name, { actionId, ...more }, who);
  }

  /** Refused is what answers no action: what came of it otherwise is seen. */
  async #mutate(name: string, input: object, who: Principal): Promise<string | null> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}ActionInput`;
    const query = `mutation ($input: ${type}!) { ${name}Action(input: $input) { action { id } userErrors { code } } }`;
    type Payload = { action: object | null; userErrors: { code: string }[] };
    const data = await this.house.ask<Record<string, Payload>>(who, query, { input });
    const { action, userErrors } = data[`${name}Action`] as Payload; // The one field asked for.
    return action ? null : (userErrors[0]?.code ?? 'NOTHING');
  }

  async #turn(kind: 'suspend' | 'resume'): Promise<string | null> {
    const query = `mutation { ${kind}Actions(input: { reason: "A drill." }) { userErrors { code } } }`;
    type Payload = { userErrors: { code: string }[] };
    const data = await this.house.ask<Record<string, Payload>>(this.house.admin, query);
    return data[`${kind}Actions`]?.userErrors[0]?.code ?? null;
  }

  /** One run of a loop that otherwise stands still. */
  async #once(name: string): Promise<void> {
    const loop = this.house.subgraphs.runtimes.get('actions')?.parts.loops?.find((each) => each.name === name);
    if (!loop) throw new Error(`There is no loop ${name}.`);
    loop.start();
    await sleep(15);
    await loop.stop();
  }

  /** Makes the patient, or another version of them, past the hospital's faults. */
  async #patient(id: string, fault: Fault): Promise<void> {
    this.#versions += 1;
    await this.house.fault('none');
    const body = JSON.stringify({ resourceType: 'Patient', id, name: [{ family: `Version ${this.#versions}` }] });
    const url = `${this.house.hospital.url}/acme/fhir/R4/Patient/${id}`;
    const { ok } = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body });
    if (!ok) throw new Error('The hospital does not take the patient in.');
    await this.house.fault(...faults[fault]);
  }

  /** By patient, the status of each order that the hospital has made. */
  #effects(): Map<string, Thing['effect'][]> {
    const orders = new Map<string, { patient: string; status: Thing['effect'] }>();
    for (const line of readFileSync(this.house.journal, 'utf8').split('\n')) {
      const { resource }: { resource?: Resource } = line.trim() ? JSON.parse(line) : {};
      if (resource?.resourceType !== 'ServiceRequest') continue;
      const patient = resource.subject.reference.slice('Patient/'.length);
      orders.set(resource.id, { patient, status: resource.status });
    }
    const effects = new Map<string, Thing['effect'][]>();
    for (const { patient, status } of orders.values()) effects.set(patient, [...(effects.get(patient) ?? []), status]);
    return effects;
  }

  #at(of: number) {
    const action = this.#actions[of];
    if (!action) throw new Error(`There is no action ${of}.`);
    return action;
  }
}

interface Shown {
  status: string;
  retryAt: string | null;
  deadAt: string | null;
  undo: { status: Thing['undo'] } | null;
}

interface Resource {
  resourceType: string;
  id: string;
  status: Thing['effect'];
  subject: { reference: string };
}
