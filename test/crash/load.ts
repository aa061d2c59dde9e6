import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '@countersign/kernel';
import type { Dice } from '../isolation/dice.ts';
import type { CrashGround } from './ground.ts';
import { type CrashHouse, mostActions, orderOf } from './house.ts';
import type { Ledger, Promised } from './ledger.ts';
import type { Payload, WorkerProcess } from './worker-process.ts';

const shown = '{ action { id status revision } userErrors { code message } }';
export const propose = `mutation ($input: FhirCreateServiceRequestInput!, $options: ActionOptions) {
  fhirCreateServiceRequest(input: $input, options: $options) ${shown} }`;
const mutation = (name: string): string =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}ActionInput!) { ${name}Action(input: $input) ${shown} }`;

/** Faults of the other side that pass: what was asked then is still to come to a good end. */
const faults: [string, { delayMs?: number; on?: string }][] = [
  ['error500', {}],
  ['lostAnswer', {}],
  ['lostAnswer', { on: 'fromFirstWrite' }],
  ['down', { on: 'fromFirstWrite' }],
  ['down', { on: 'all' }],
  ['slow', { delayMs: 80 }],
  ['slow', { delayMs: 400 }],
];

const deeds = {
  AWAITING_APPROVAL: ['approve', 'approve', 'approve', 'reject', 'revise', 'timeFlies'],
  APPROVED: ['execute', 'execute', 'execute', 'executeTwice', 'revise', 'timeFlies'],
  FAILED: ['execute', 'requeue', 'requeue', 'abandon', 'timeFlies'],
  EXECUTING: ['execute', 'executeTwice'],
  UNKNOWN: ['execute'],
  SUCCEEDED: ['undo', 'undoTwice', 'execute'],
  UNDOING: ['undo'],
} as const;
type Deed = (typeof deeds)[keyof typeof deeds][number];
/** What somebody would do with an action that stands there; all else is tried, too. */
const likely: Readonly<Record<string, readonly Deed[]>> = deeds;

export interface World {
  readonly ground: CrashGround;
  readonly house: CrashHouse;
  readonly ledger: Ledger;
  /** Those that can be asked now. */
  readonly workers: () => readonly WorkerProcess[];
}

/** One of several who work at once, on whatever worker is there. */
export class Client {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #name: string;
  #proposals = 0;
  asked = 0;
  readonly surprises: string[] = [];

  constructor(world: World, name: string, dice: Dice) {
    this.#world = world;
    this.#name = name;
    this.#dice = dice;
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      if (this.#worker()) await this.#step();
      else await sleep(20);
    }
  }

  async #step(): Promise<void> {
    const promised = this.#world.ledger.all;
    const roll = this.#dice.roll(100);
    if (promised.length === 0 || (roll < 25 && promised.length < mostActions + 6)) return this.#propose();
    if (roll < 30) return this.#fault();
    const one = this.#dice.pick(promised);
    const all = Object.values(likely).flat();
    await this.#do(this.#dice.pick(roll < 45 ? all : (likely[one.seen] ?? all)), one);
  }

  async #do(deed: Deed, one: Promised): Promise<void> {
    switch (deed) {
      case 'approve':
        return this.#approve(one);
      case 'execute':
        return this.#execute(one);
      case 'executeTwice':
        return void (await Promise.all([this.#execute(one), this.#execute(one)]));
      case 'undo':
        return this.#undo(one);
      case 'undoTwice':
        return void (await Promise.all([this.#undo(one), this.#undo(one)]));
      case 'reject':
      case 'abandon':
        return this.#end(deed, one);
      case 'requeue':
        return void (await this.#act('requeue', one, { reason: 'Once more.' }));
      case 'revise':
        return this.#revise(one);
      case 'timeFlies':
        return this.#timeFlies(one);
    }
  }

  /** Under a key, until it is answered: so it is there once, however often it was asked for. */
  async #propose(): Promise<void> {
    const key = `${this.#name}-${this.#proposals}`;
    const { house } = this.#world;
    const variables = { input: orderOf(this.#proposals, key), options: { idempotencyKey: key } };
    const payload = await this.#ask(house.operator, propose, variables);
    if (!payload) return;
    this.#proposals += 1;
    if (payload.action) this.#world.ledger.proposed(key, payload.action.id);
  }

  async #approve(one: Promised): Promise<void> {
    const { approver } = this.#world.house;
    const payload = await this.#ask(approver, mutation('approve'), { input: { actionId: one.id } }, one);
    if (isDone(payload)) one.approvals += 1;
  }

  async #execute(one: Promised): Promise<void> {
    const payload = await this.#act('execute', one);
    if (isDone(payload) && payload.action.status === 'SUCCEEDED') one.lasting ??= 'SUCCEEDED';
  }

  async #undo(one: Promised): Promise<void> {
    const payload = await this.#act('undo', one, { reason: 'Not wanted.' });
    if (isDone(payload) && payload.action.status === 'UNDONE') one.lasting = 'UNDONE';
  }

  async #end(how: 'reject' | 'abandon', one: Promised): Promise<void> {
    if (isDone(await this.#act(how, one, how === 'reject' ? {} : { reason: 'Given up.' }))) one.lasting = 'REJECTED';
  }

  async #revise(one: Promised): Promise<void> {
    const input = orderOf(this.#dice.roll(3), `${one.key}, revised`);
    const payload = await this.#act('revise', one, { input, reason: 'Another one.' });
    if (isDone(payload)) one.revision = Math.max(one.revision, payload.action.revision);
  }

  /** The time of one that is not begun runs out. */
  async #timeFlies(one: Promised): Promise<void> {
    await this.#world.ground.behind.query(
      `update actions.action set expires_at = now() where id = $1 and status in ('AWAITING_APPROVAL', 'APPROVED', 'FAILED')`,
      [one.id],
    );
  }

  async #fault(): Promise<void> {
    const { house } = this.#world;
    const [mode, how] = this.#dice.pick(faults);
    await house.fault(mode, how);
    await sleep(this.#dice.roll(700));
    await house.fault('none');
  }

  #act(name: string, one: Promised, more: object = {}): Promise<Payload | null> {
    return this.#ask(this.#world.house.operator, mutation(name), { input: { actionId: one.id, ...more } }, one);
  }

  async #ask(who: Principal, query: string, variables: Record<string, unknown>, one?: Promised) {
    this.asked += 1;
    try {
      const payload = (await this.#worker()?.ask(who, query, variables)) ?? null;
      if (one && payload?.action) one.seen = payload.action.status;
      return payload;
    } catch (error) {
      // What comes of asking is in payloads: an error of the graph's is a fault of the product.
      this.surprises.push(String(error));
      return null;
    }
  }

  #worker(): WorkerProcess | null {
    const there = this.#world.workers();
    return there.length === 0 ? null : this.#dice.pick(there);
  }
}

type Done = Payload & { readonly action: NonNullable<Payload['action']> };

const isDone = (payload: Payload | null): payload is Done =>
  payload !== null && payload.action != null && payload.userErrors?.length === 0;
