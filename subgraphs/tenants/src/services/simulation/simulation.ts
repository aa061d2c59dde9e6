import { type EntityManager, type Principal, problem, type UserProblem } from '@countersign/kernel';
import { countRecorded, type Period } from '../../statements/recorded-decisions.ts';
import { causeOf, FlipCounter, type Flips } from './flips.ts';
import type { BothRules, ProposedChange } from './proposed-change.ts';
import { type Read, replay } from './replay.ts';
import { type Untried, UntriedCounter } from './untried.ts';

/** What a change would have meant in a period of the past. */
export interface Simulation {
  readonly newlyDenied: Flips;
  readonly newlyAllowed: Flips;
  /** Records that were decided twice, and how many decisions they stand for. */
  readonly tried: { readonly records: number; readonly times: number };
  /** Records that were decided otherwise than the rules of today decide them. */
  readonly drifted: number;
  readonly untried: readonly Untried[];
}

export interface Simulated {
  readonly tenantId: Principal['tenantId'];
  readonly period: Period;
  readonly change: ProposedChange;
  readonly rules: BothRules;
}

/** Replays what was recorded, under the rules as they are and as they would be. */
export async function simulate(read: Read, { change, rules, ...asked }: Simulated): Promise<Simulation> {
  const newlyDenied = new FlipCounter();
  const newlyAllowed = new FlipCounter();
  const untried = new UntriedCounter();
  const tried = { records: 0, times: 0 };
  let drifted = 0;
  for await (const replayed of replay(read, { ...asked, rules, grants: change.grants })) {
    const { record } = replayed;
    untried.add(record, 'untried' in replayed ? replayed.untried : undefined);
    if ('untried' in replayed) continue;
    const { before, after } = replayed;
    tried.records += 1;
    tried.times += record.times;
    if (record.allowed !== before.allowed) drifted += 1;
    if (before.allowed && !after.allowed) newlyDenied.add(record, causeOf(after, before));
    if (!before.allowed && after.allowed) newlyAllowed.add(record, causeOf(before, after));
  }
  return {
    newlyDenied: newlyDenied.flips,
    newlyAllowed: newlyAllowed.flips,
    tried,
    drifted,
    untried: untried.of(rules),
  };
}

/** More than this takes a shorter period: the answer is whole, or there is none. */
const mostRecords = 500_000;

/** Refuses with `PERIOD_INVALID`: one that ends before it begins, or with more in it than is replayed at once. */
export async function insistPeriod(em: EntityManager, period: Period): Promise<void> {
  const refused = (message: string): UserProblem => problem('PERIOD_INVALID', message, ['input', 'since']);
  if (!(period.since < period.until)) throw refused('The period has to begin before it ends, and before now.');
  const records = await countRecorded(em, period);
  if (records <= mostRecords) return;
  throw refused(`The period has ${records} records; ${mostRecords} are replayed at once: choose a shorter one.`);
}
