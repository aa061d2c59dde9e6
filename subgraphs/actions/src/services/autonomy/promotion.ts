import { above, allowedBy, type Level, lowest, type Measured } from './level.ts';
import { type Bar, barFor, type Rules } from './rules.ts';
import { cleanUntil, wilsonUpper } from './wilson.ts';

/** What came of a tool's actions since they count. */
export interface Counts {
  /** Done, left as it is, and proposed without anybody having to correct it. */
  readonly clean: number;
  /** Done and left as it is, after somebody changed what was proposed. */
  readonly corrected: number;
  /** Taken back, or being taken back. */
  readonly reversed: number;
  /** Refused by somebody other than its maker. */
  readonly rejected: number;
  /** Nothing took effect. */
  readonly failed: number;
}

export const noCounts: Counts = { clean: 0, corrected: 0, reversed: 0, rejected: 0, failed: 0 };

/** How a tool stands before its next level. */
export interface Prospect {
  readonly next: Exclude<Level, 'SUGGEST'>;
  readonly bar: Bar;
  readonly reversalUpper: number;
  readonly correctionUpper: number;
  /** How many more clean successes it takes; null where no number of them would do. */
  readonly needed: number | null;
  readonly qualifies: boolean;
}

/** The level that a tool may be promoted to; null where it goes no further. */
export function nextLevel(tool: Measured, earned: Level): Exclude<Level, 'SUGGEST'> | null {
  const next = above(earned);
  if (next === null || next === 'SUGGEST' || lowest(next, allowedBy(tool)) !== next) return null;
  return next;
}

/** How far it is to the next level; null where there is none. */
export function prospect(tool: Measured, earned: Level, counts: Counts, rules: Rules): Prospect | null {
  const next = nextLevel(tool, earned);
  if (next === null) return null;
  const bar = barFor(next, rules);
  const done = counts.clean + counts.corrected + counts.reversed;
  const looked = done + counts.rejected;
  const steppedIn = counts.corrected + counts.rejected;
  const needed = most(
    Math.max(0, bar.successes - counts.clean),
    cleanUntil(counts.reversed, done, bar.reversalRate),
    cleanUntil(steppedIn, looked, bar.correctionRate),
  );
  return {
    next,
    bar,
    reversalUpper: wilsonUpper(counts.reversed, done),
    correctionUpper: wilsonUpper(steppedIn, looked),
    needed,
    qualifies: needed === 0,
  };
}

/** What it would take, one English sentence each; that it is proposed to an administrator where it takes no more. */
export function explainProspect({ next, bar, needed, reversalUpper, correctionUpper }: Prospect): string[] {
  if (needed === 0) return [`It has earned ${next}: an administrator decides.`];
  const sentences = [
    needed === null
      ? `No number of successes would do for ${next} while what happened counts.`
      : `${needed} more ${needed === 1 ? 'success' : 'successes'} that nobody corrects or takes back, for ${next}.`,
  ];
  if (reversalUpper > bar.reversalRate) {
    sentences.push(
      `What is taken back has to be ${percent(bar.reversalRate)} at most, with 95 % confidence; by now it may be ${percent(reversalUpper)}.`,
    );
  }
  if (correctionUpper > bar.correctionRate) {
    sentences.push(
      `What people correct or reject has to be ${percent(bar.correctionRate)} at most, with 95 % confidence; by now it may be ${percent(correctionUpper)}.`,
    );
  }
  return sentences;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

const most = (...numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((largest, each) => (largest === null || each === null ? null : Math.max(largest, each)));
