import type { Config } from '@countersign/kernel';

/** Where a process can be made to die, to show that nothing acknowledged is lost and nothing happens twice. */
export const crashPoints = {
  proposed: 'after the proposal is committed',
  approved: 'after the approval is committed',
  rejected: 'after the refusal is committed',
  revised: 'after the new plan is committed',
  beginning: 'before the intent is committed',
  intent: 'after the intent is committed and before the effect',
  effect: 'after the effect and before its outcome is recorded',
  recording: 'before the outcome is committed',
  recorded: 'after the outcome is committed and before anybody is told',
  undoBeginning: 'before the undo is committed',
  undoing: 'after the undo is committed and before it is carried out',
  undone: 'after it was taken back on the other side and before that is recorded',
  pickedUp: 'after recovery took what was cut off and before it asks what became of it',
  retrying: 'after recovery took what failed and before it asks what became of it',
  verified: 'after the other side was asked what became of it and before that is recorded',
  expiring: 'before the end of an action whose time ran out is committed',
  requeued: 'after a decision on what failed is committed',
  sealing: 'after the sealer has read and before it stores',
  sealed: 'after the seals are stored and before the tree head is',
} as const;

export type CrashPoint = keyof typeof crashPoints;

export type Crash = (point: CrashPoint) => void;

/** Where nothing is to be shown. */
export const noCrash: Crash = () => {};

/**
 * Ends the process with SIGKILL at the point that COUNTERSIGN_CRASH_AT names; `effect:3` at the third time that it
 * comes by. Outside demo mode and tests it does nothing.
 */
export function crashAt(config: Pick<Config, 'demo'>): Crash {
  const told = process.env.COUNTERSIGN_CRASH_AT;
  if (!told || !(config.demo || process.env.NODE_ENV === 'test')) return noCrash;
  const [wanted, times = '1'] = told.split(':');
  let left = Number(times);
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}
