import { setImmediate } from 'node:timers/promises';
import {
  type Decision,
  type DecisionContext,
  decisionContext,
  type EntityManager,
  holds,
  type Principal,
  type SeenObject,
  type TenantRules,
  wholeTenant,
} from '@countersign/kernel';
import type { GrantChange } from '../../statements/principals.ts';
import { type Period, type RecordedDecision, recordedAfter } from '../../statements/recorded-decisions.ts';
import { Objects } from './objects.ts';
import type { BothRules } from './proposed-change.ts';
import { type Sight, Sights } from './sights.ts';
import { type Subject, Subjects } from './subjects.ts';

/** Runs work in a transaction: each time in one of its own, or always in the one that is open. */
export type Read = <T>(work: (em: EntityManager) => Promise<T>) => Promise<T>;

export type Verdict = Pick<Decision, 'allowed' | 'by' | 'reasons' | 'errors'>;

export type Replayed =
  | { readonly record: RecordedDecision; readonly before: Verdict; readonly after: Verdict }
  | { readonly record: RecordedDecision; readonly untried: CannotTry };

export type CannotTry = 'OBJECT_GONE' | 'PRINCIPAL_GONE' | 'PERMISSION_GONE';

export interface Replaying {
  readonly tenantId: Principal['tenantId'];
  readonly period: Period;
  readonly rules: BothRules;
  readonly grants: GrantChange;
}

const pageSize = 1_000;
/** How long the process does nothing else at a stretch. */
const stretchMs = 20;

/**
 * Decides every record of the period twice, under the rules that are and under those that would be, on what the record
 * says that the object and the moment were; where it says nothing, on the object as it is now. Holds a page at a time.
 */
export async function* replay(read: Read, replaying: Replaying): AsyncGenerator<Replayed> {
  const known = {
    subjects: new Subjects(replaying.tenantId, replaying.grants),
    objects: new Objects(),
    sights: new Sights(replaying.rules),
  };
  const decided = new DecidedTwice(replaying);
  let last: RecordedDecision | undefined;
  let rested = performance.now();
  for (;;) {
    const records = await read((em) => readPage(em, replaying.period, last, known));
    for (const record of records) {
      yield replayOne(record, known, decided);
      if (performance.now() - rested < stretchMs) continue;
      await setImmediate();
      rested = performance.now();
    }
    if (records.length < pageSize) return;
    last = records.at(-1);
  }
}

interface Known {
  readonly subjects: Subjects;
  readonly objects: Objects;
  readonly sights: Sights;
}

async function readPage(
  em: EntityManager,
  period: Period,
  last: RecordedDecision | undefined,
  { subjects, objects, sights }: Known,
): Promise<readonly RecordedDecision[]> {
  const records = await recordedAfter(em, period, last, pageSize);
  await subjects.load(em, records);
  const bare = records.filter(({ object, permission, objectType }) => {
    const sight = sights.of(permission);
    return object === null && sight?.applies && sight.on === objectType && objectType !== 'Tenant';
  });
  await objects.load(em, bare.map(refOf));
  return records;
}

const refOf = ({ objectType, objectId }: RecordedDecision) => ({ type: objectType, id: objectId });

function replayOne(record: RecordedDecision, { subjects, objects, sights }: Known, decided: DecidedTwice): Replayed {
  const sight = sights.of(record.permission);
  if (!sight || !isOn(record, sight)) return { record, untried: 'PERMISSION_GONE' };
  const subject = subjects.get(record);
  if (!subject) return { record, untried: 'PRINCIPAL_GONE' };
  if (record.objectType === '' && sight.on !== 'Tenant') return { record, ...decided.ofList(record, sight, subject) };
  if (!sight.applies) return { record, ...decided.byRoles(record, subject) };
  const attributes = sight.on === 'Tenant' ? {} : (record.object ?? objects.get(refOf(record)));
  if (!attributes) return { record, untried: 'OBJECT_GONE' };
  return { record, ...decided.ofObject(record, sight, subject, attributes) };
}

/** Whether the permission is still decided on what it was decided on then. */
const isOn = ({ objectType }: RecordedDecision, { on }: Sight): boolean => objectType === '' || objectType === on;

type Twice = { readonly before: Verdict; readonly after: Verdict };

const mostRemembered = 20_000;

/** Remembers what it decided: by all that the decision can depend on, since records differ in the minute and the second. */
class DecidedTwice {
  readonly #tenantId: string;
  readonly #rules: BothRules;
  readonly #known = new Map<string, Twice>();

  constructor({ tenantId, rules }: Replaying) {
    this.#tenantId = tenantId;
    this.#rules = rules;
  }

  ofObject(record: RecordedDecision, sight: Sight, subject: Subject, attributes: SeenObject['attributes']): Twice {
    const { before, after } = this.#rules;
    // Working out a moment takes longer than most decisions, and few policies look at it.
    const context = once(() => record.context ?? decisionContext(before.access, {}, record.lastAt));
    const seen = sight.seen(attributes, context);
    const key = JSON.stringify([record.kind, record.id, record.permission, record.objectId, seen]);
    const known = this.#known.get(key);
    if (known) return known;
    const { objectType: type, objectId: id, permission } = record;
    const object = sight.on === 'Tenant' ? wholeTenant(this.#tenantId) : { type, id, attributes };
    const first = verdict(before, subject.before, permission, object, context());
    const second = sight.same && subject.same ? first : verdict(after, subject.after, permission, object, context());
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(key, { before: first, after: second });
    return { before: first, after: second };
  }

  /** Whether they may ask for a list at all; what it then shows is filtered, and not replayed. */
  ofList({ permission }: RecordedDecision, { listed }: Sight, subject: Subject): Twice {
    const of = (rules: TenantRules, principal: Principal): Verdict => {
      const held = byRoles(principal, permission);
      return held.allowed || !listed || !rules.mayExtend(permission) ? held : { ...held, allowed: true, by: 'policy' };
    };
    return { before: of(this.#rules.before, subject.before), after: of(this.#rules.after, subject.after) };
  }

  byRoles({ permission }: RecordedDecision, subject: Subject): Twice {
    return { before: byRoles(subject.before, permission), after: byRoles(subject.after, permission) };
  }
}

function verdict(
  rules: TenantRules,
  principal: Principal,
  permission: string,
  object: SeenObject,
  context: DecisionContext,
): Verdict {
  return rules.appliesTo(permission)
    ? rules.decide(principal, permission, object, context)
    : byRoles(principal, permission);
}

function byRoles(principal: Principal, permission: string): Verdict {
  const allowed = holds(principal, permission);
  return { allowed, by: allowed ? 'rbac' : 'nothing', reasons: [], errors: [] };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
