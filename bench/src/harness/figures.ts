import type { Load } from './load.ts';

/** What some stretches of load on one target come to. */
export interface Figures {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly requests: number;
  /** The slowest and the quickest stretch, in requests per second: how far the machine's noise went. */
  readonly slowest: number;
  readonly quickest: number;
}

/** All stretches together: every request counts the same, whichever stretch it fell into. */
export function figuresOf(loads: readonly Load[]): Figures {
  const latencies = loads.flatMap((each) => each.latencies).sort((a, b) => a - b);
  const rates = loads.map((each) => each.latencies.length / each.seconds);
  return {
    requestsPerSecond: latencies.length / loads.reduce((sum, each) => sum + each.seconds, 0),
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
    requests: latencies.length,
    slowest: Math.min(...rates),
    quickest: Math.max(...rates),
  };
}

/** The smallest value that `percent` of the values do not exceed (nearest rank); NaN of none. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
