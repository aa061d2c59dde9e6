import type { Config } from '@countersign/kernel';

/** Where a process can be made to die, to show that nothing acknowledged is lost and nothing happens twice. */
export type CrashPoint = 'proposed' | 'approved' | 'intent' | 'effect';

export type Crash = (point: CrashPoint) => void;

/**
 * Ends the process with SIGKILL at the point that COUNTERSIGN_CRASH_AT names: `proposed` and `approved` after their
 * commit, `intent` after its commit and before the effect, `effect` after it and before its outcome is recorded.
 * Outside demo mode and tests it does nothing.
 */
export function crashPoints(config: Pick<Config, 'demo'>): Crash {
  const wanted = process.env.COUNTERSIGN_CRASH_AT;
  if (!wanted || !(config.demo || process.env.NODE_ENV === 'test')) return () => {};
  return (point) => {
    if (point === wanted) process.kill(process.pid, 'SIGKILL');
  };
}
