import type { GateRef } from './gate.ts';
import { type ChangeWindow, type Openings, openingsOf } from './openings.ts';

/** When something may be executed: inside a window of each gate that has windows, and outside all freezes. */
export interface Schedule {
  readonly windows: readonly GateWindows[];
  readonly freezes: readonly Freeze[];
}

/** Any of the windows of one gate will do. */
export interface GateWindows {
  readonly gate: GateRef;
  readonly windows: readonly ChangeWindow[];
}

/** Nothing is executed from `from` on until before `until`. */
export interface Freeze {
  readonly gate: GateRef;
  readonly from: Date;
  readonly until: Date;
  readonly reason: string;
}

/** What keeps a schedule closed. `opensAt` is when that gate alone would open, null for not within five years. */
export type ClosedBy =
  | { readonly kind: 'WINDOWS'; readonly gate: GateRef; readonly opensAt: Date | null }
  | { readonly kind: 'FREEZE'; readonly gate: GateRef; readonly until: Date; readonly reason: string };

/** How far ahead openings and closings are looked for, in milliseconds. */
export const fiveYears = 1_827 * 86_400_000;

/** Windows are open from their opening on until before their closing. */
export function openAt(schedule: Schedule, instant: Date): boolean {
  return closedBy(schedule, instant).length === 0;
}

/** The first instant from the given one on at which it is open, itself if it is; null for none within five years. */
export function nextOpening({ windows, freezes }: Schedule, instant: Date): Date | null {
  const horizon = instant.getTime() + fiveYears;
  const gates = windows.map((each) => openingsAt(each, horizon));
  let at = instant.getTime();
  while (at <= horizon) {
    const frozenUntil = freezes.filter((freeze) => isFrozen(freeze, at)).map(({ until }) => until.getTime());
    const openFrom = gates.map((openings) => opensFrom(openings, at) ?? Number.POSITIVE_INFINITY);
    const earliest = Math.max(at, ...frozenUntil, ...openFrom);
    if (earliest === at) return new Date(at);
    at = earliest;
  }
  return null;
}

/** The first instant from the given one on at which it is closed, itself if it is; null for none within five years. */
export function closesAt(schedule: Schedule, instant: Date): Date | null {
  if (!openAt(schedule, instant)) return instant;
  const at = instant.getTime();
  const freezes = schedule.freezes.map(({ from }) => from.getTime()).filter((from) => from > at);
  const horizon = Math.min(at + fiveYears, ...freezes);
  const ends = schedule.windows.map((each) => openUntil(openingsAt(each, horizon), at, horizon));
  const first = Math.min(...freezes, ...ends);
  return first > at + fiveYears ? null : new Date(first);
}

/** Every gate that keeps it closed at an instant; empty when it is open. */
export function closedBy({ windows, freezes }: Schedule, instant: Date): ClosedBy[] {
  const at = instant.getTime();
  const frozen = freezes
    .filter((freeze) => isFrozen(freeze, at))
    .map(({ gate, until, reason }): ClosedBy => ({ kind: 'FREEZE', gate, until, reason }));
  const shut = windows.flatMap((each): ClosedBy[] => {
    const opens = opensFrom(openingsAt(each, at + fiveYears), at);
    if (opens === at) return [];
    return [{ kind: 'WINDOWS', gate: each.gate, opensAt: opens === null ? null : new Date(opens) }];
  });
  return [...frozen, ...shut];
}

const openingsAt = ({ windows }: GateWindows, horizon: number): Openings[] =>
  windows.map((window) => openingsOf(window, horizon));

const isFrozen = ({ from, until }: Freeze, at: number): boolean => from.getTime() <= at && at < until.getTime();

function opensFrom(openings: readonly Openings[], at: number): number | null {
  if (endOf(openings, at) > at) return at;
  const next = openings.map((each) => each.firstAfter(at)).filter((each) => each !== null);
  return next.length === 0 ? null : Math.min(...next);
}

/** The end of windows that overlap or touch, as one; something after the horizon when that is beyond it. */
function openUntil(openings: readonly Openings[], from: number, horizon: number): number {
  let end = endOf(openings, from);
  for (let next = endOf(openings, end); next > end && end <= horizon; next = endOf(openings, end)) end = next;
  return end;
}

/** The latest closing of what has opened at or before an instant; before or at that instant when nothing is open. */
function endOf(openings: readonly Openings[], at: number): number {
  const ends = openings.map(({ lastAt, durationMs }) => (lastAt(at) ?? Number.NEGATIVE_INFINITY) + durationMs);
  return Math.max(...ends);
}
