import type { ToolOperation } from '@countersign/plugin-sdk';
import { HealthState, type ToolHealth } from '../../entities/tool-health.ts';

/** When a tool is left alone, and for how long. */
export interface BreakerLimits {
  /** So many faults in a row, of calls that read or of calls that write, open it. */
  readonly faults: number;
  /** Within so long, in milliseconds: faults of last week say nothing of today. */
  readonly withinMs: number;
  /** The pause before the first probe, in milliseconds; it doubles with each probe that fails, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const usualLimits: BreakerLimits = { faults: 5, withinMs: 60_000, firstPauseMs: 2_000, longestPauseMs: 60_000 };

/** What a call does on the other side: a server that reads well may still fail to write. */
export type CallKind = 'READS' | 'WRITES';

export const kindOf = (operation: ToolOperation): CallKind =>
  operation === 'execute' || operation === 'compensate' ? 'WRITES' : 'READS';

export type Health = Pick<
  ToolHealth,
  'state' | 'readsFail' | 'writesFail' | 'reason' | 'failures' | 'probes' | 'since' | 'nextProbeAt'
>;

/** Faults in a row, by what failed. */
export interface Faults {
  readonly reads: readonly Date[];
  readonly writes: readonly Date[];
}

export const noFaults: Faults = { reads: [], writes: [] };

/** One fault more; those that are too old are forgotten. */
export function withFault(faults: Faults, kind: CallKind, now: Date, { withinMs }: BreakerLimits): Faults {
  const recent = (times: readonly Date[]) => times.filter((time) => now.getTime() - time.getTime() <= withinMs);
  const reads = recent(faults.reads);
  const writes = recent(faults.writes);
  return kind === 'READS' ? { reads: [...reads, now], writes } : { reads, writes: [...writes, now] };
}

/** What went well clears its own faults; what was written well clears those of reading, too. */
export const withSuccess = ({ writes }: Faults, kind: CallKind): Faults =>
  kind === 'WRITES' ? noFaults : { reads: [], writes };

/** What the faults say of the tool: null while they are too few to say anything. */
export function openedBy(faults: Faults, reason: string, now: Date, limits: BreakerLimits): Health | null {
  const readsFail = faults.reads.length >= limits.faults;
  const writesFail = faults.writes.length >= limits.faults;
  if (!readsFail && !writesFail) return null;
  const failures = Math.max(faults.reads.length, faults.writes.length);
  const nextProbeAt = new Date(now.getTime() + pauseAfter(0, limits));
  return { state: HealthState.OPEN, readsFail, writesFail, reason, failures, probes: 0, since: now, nextProbeAt };
}

/** Whether the call may go without being a probe. */
export function lets(health: Health, kind: CallKind): boolean {
  return health.state === HealthState.CLOSED || (kind === 'READS' && !health.readsFail);
}

/** Whether it is time to let one call through; also where whoever made the last one was lost over it. */
export const isProbeDue = ({ state, nextProbeAt }: Health, now: Date): boolean =>
  state !== HealthState.CLOSED && nextProbeAt <= now;

/** While one call is under way; `leaseMs` is longer than it can take. */
export const probing = (health: Health, now: Date, leaseMs: number): Health => ({
  ...health,
  state: HealthState.HALF_OPEN,
  nextProbeAt: new Date(now.getTime() + leaseMs),
});

export function afterProbe(health: Health, kind: CallKind, went: 'well' | 'ill', now: Date, limits: BreakerLimits) {
  return went === 'well' ? afterSuccess(health, kind, now) : afterFault(health, kind, now, limits);
}

/** The probe told nothing: the next one may go soon. */
export const afterNothing = (health: Health, now: Date, { firstPauseMs }: BreakerLimits): Health => ({
  ...health,
  state: HealthState.OPEN,
  nextProbeAt: new Date(now.getTime() + Math.min(firstPauseMs, 1_000)),
});

/** What writes is well altogether. What reads says nothing of writing: where that failed, it still has to be tried. */
function afterSuccess(health: Health, kind: CallKind, now: Date): Health {
  const writesFail = kind === 'READS' && health.writesFail;
  if (writesFail) return { ...health, readsFail: false };
  return { ...health, state: HealthState.CLOSED, readsFail: false, writesFail: false, since: now };
}

function afterFault(health: Health, kind: CallKind, now: Date, limits: BreakerLimits): Health {
  const probes = health.probes + 1;
  return {
    ...health,
    state: HealthState.OPEN,
    readsFail: health.readsFail || kind === 'READS',
    writesFail: health.writesFail || kind === 'WRITES',
    probes,
    nextProbeAt: new Date(now.getTime() + pauseAfter(probes, limits)),
  };
}

const pauseAfter = (probes: number, { firstPauseMs, longestPauseMs }: BreakerLimits): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(probes, 30));
