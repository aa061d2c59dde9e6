import { OperationTypeNode } from 'graphql';
import type { IsolationHouse } from './house.ts';
import { Inventor, type Try } from './inventor.ts';
import { judge, type Leak } from './leaks.ts';
import { RawRows, type Snapshot } from './rows.ts';
import type { TestTenant } from './tenants.ts';

export interface Run {
  readonly seed: number;
  readonly operations: number;
  /** Ends at the first leak. */
  readonly stopAtFirst?: boolean;
}

/** What a run tried, and what came of it. */
export interface Report {
  /** Each as somebody needs it who wants to see it again. */
  readonly leaks: readonly string[];
  /** How often each way in was gone. */
  readonly ways: ReadonlyMap<string, number>;
  /** `Type.field` of everything that was asked for. */
  readonly fields: ReadonlySet<string>;
  /** How many operations were asked; whose answers showed something that was their caller's to see; that changed something. */
  readonly asked: number;
  readonly telling: number;
  readonly changing: number;
  /** How often which error was answered, by code. */
  readonly codes: ReadonlyMap<string, number>;
}

/** Everybody asks for everything, at random; tells what anybody got that was not theirs to see. */
export async function tryToLeak(
  house: IsolationHouse,
  tenants: readonly TestTenant[],
  { seed, operations, stopAtFirst }: Run,
): Promise<Report> {
  const rows = new RawRows(house.superuserUrl);
  try {
    const attempt = new Attempt(house, rows, new Inventor(house, tenants, seed), seed);
    await attempt.begin();
    while (attempt.asked < operations && !(stopAtFirst && attempt.leaks.length > 0)) await attempt.step();
    return attempt;
  } finally {
    await rows.close();
  }
}

/** So many questions are under way at once. Changes are made one by one: then it can be said what each of them saw. */
const atOnce = 8;
/** After so many changes their traces are asked for, too. */
const learnEvery = 20;

class Attempt implements Report {
  readonly leaks: string[] = [];
  readonly ways = new Map<string, number>();
  readonly fields = new Set<string>();
  readonly codes = new Map<string, number>();
  asked = 0;
  telling = 0;
  changing = 0;
  readonly #house: IsolationHouse;
  readonly #rows: RawRows;
  readonly #inventor: Inventor;
  readonly #seed: number;
  #now!: Snapshot;
  #waiting: Try[] = [];

  constructor(house: IsolationHouse, rows: RawRows, inventor: Inventor, seed: number) {
    this.#house = house;
    this.#rows = rows;
    this.#inventor = inventor;
    this.#seed = seed;
  }

  async begin(): Promise<void> {
    this.#now = await this.#rows.read();
    this.#inventor.pool.learn(this.#now);
  }

  /** Asks a few questions together, each by several, or makes one change after the other. */
  async step(): Promise<void> {
    const tries = this.#inventor.next(this.#now);
    const [{ operation }] = tries;
    if (operation.kind === OperationTypeNode.QUERY) {
      this.#waiting.push(...tries);
      if (this.#waiting.length >= atOnce) await this.#ask();
    } else {
      await this.#ask();
      for (const change of tries) await this.#change(change);
    }
  }

  async #ask(): Promise<void> {
    const questions = this.#waiting;
    this.#waiting = [];
    const answers = questions.map(({ principal, request, operation }) =>
      this.#house.ask(principal, request, operation.where),
    );
    const snapshot = this.#now;
    for (const [at, answered] of (await Promise.all(answers)).entries()) {
      const question = questions[at];
      if (question) this.#judge(question, answered, snapshot);
    }
  }

  async #change(change: Try): Promise<void> {
    const { principal, request, operation } = change;
    const before = this.#now;
    const answered = await this.#house.ask(principal, request, operation.where);
    this.#now = await this.#rows.read();
    if (this.#now !== before) {
      this.changing += 1;
      if (this.changing % learnEvery === 0) this.#inventor.pool.learn(this.#now);
    }
    this.#judge(change, answered, before);
  }

  #judge(tried: Try, answered: Awaited<ReturnType<IsolationHouse['ask']>>, before: Snapshot): void {
    const { operation, principal, request, way } = tried;
    this.asked += 1;
    count(this.ways, way);
    for (const field of operation.fields) this.fields.add(field);
    for (const { extensions } of answered.result.errors ?? []) count(this.codes, String(extensions?.code));
    const { leaks, seen } = judge({ operation, principal, request, answered, before, after: this.#now });
    if (seen > 0) this.telling += 1;
    if (leaks.length > 0) this.leaks.push(this.#told(tried, leaks));
    for (const cursor of cursorsIn(answered.result.data)) this.#inventor.pool.addCursor(cursor, way);
  }

  #told({ number, operation, principal, request }: Try, leaks: readonly Leak[]): string {
    const { kind, id, tenantId, permissions, revision } = principal;
    return [
      `Seed ${this.#seed}, operation ${number}, asked of ${operation.where} by the ${kind} ${id} of tenant ${tenantId},`,
      `who holds ${permissions.join(', ') || (revision === undefined ? 'nothing' : 'what the database says')}:`,
      request.query,
      JSON.stringify(request.variables),
      ...leaks.map(({ path, what, of }) => `  ${path} shows ${what}, from ${of.join('; ')}`),
    ].join('\n');
  }
}

function count(into: Map<string, number>, what: string): void {
  into.set(what, (into.get(what) ?? 0) + 1);
}

function* cursorsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'string' && /cursor/i.test(key)) yield each;
    else yield* cursorsIn(each);
  }
}
