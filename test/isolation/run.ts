import { isObjectType, OperationTypeNode } from 'graphql';
import type { Answered, IsolationHouse } from './house.ts';
import { Inventor, type Try } from './inventor.ts';
import { judge, type Leak } from './leaks.ts';
import { nameOf } from './operations.ts';
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
  /** Ways in that nobody tried, and `Type.field` of what nobody asked for. */
  readonly untried: readonly string[];
  readonly unasked: readonly string[];
  /** How many fields there are to ask for. */
  readonly fields: number;
  /** How many operations were asked; whose answers showed something that was their caller's to see; that changed something. */
  readonly asked: number;
  readonly telling: number;
  readonly changing: number;
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
  readonly #ways = new Set<string>();
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

  get untried(): string[] {
    return this.#inventor.ways.map(nameOf).filter((way) => !this.#ways.has(way));
  }

  get unasked(): string[] {
    return this.#all.filter((field) => !this.#inventor.asked.has(field));
  }

  get fields(): number {
    return this.#all.length;
  }

  get #all(): string[] {
    const types = Object.values(this.#house.bundle.apiSchema.getTypeMap()).filter(isObjectType);
    return types
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
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
    const before = this.#now;
    const answers = await Promise.all(questions.map((question) => this.#answer(question)));
    // Some questions leave a trace, such as that the log was handed out.
    await this.#look();
    for (const [at, question] of questions.entries()) this.#judge(question, answers[at], before);
  }

  async #change(change: Try): Promise<void> {
    const before = this.#now;
    const answered = await this.#answer(change);
    if (await this.#look()) {
      this.changing += 1;
      if (this.changing % learnEvery === 0) this.#inventor.pool.learn(this.#now);
    }
    this.#judge(change, answered, before);
  }

  #answer({ principal, request, operation }: Try): Promise<Answered> {
    return this.#house.ask(principal, request, operation.where);
  }

  /** Whether anything is other than it was. */
  async #look(): Promise<boolean> {
    const before = this.#now;
    this.#now = await this.#rows.read();
    return this.#now !== before;
  }

  #judge(tried: Try, answered: Answered | undefined, before: Snapshot): void {
    if (!answered) return;
    const { operation, principal, request, way } = tried;
    this.asked += 1;
    this.#ways.add(way);
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

function* cursorsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'string' && /cursor/i.test(key)) yield each;
    else yield* cursorsIn(each);
  }
}
