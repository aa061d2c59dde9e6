import { type Rules, spikeSample } from './rules.ts';

/** Why a tool was stepped down. */
export const STEP_DOWN_CAUSES = {
  REVERSAL_SPIKE: 'Too much of what it did lately was taken back.',
  REFUSAL_SPIKE: 'Too much of what was proposed lately was refused for its input.',
  BUDGET_EXCEEDED: "The tenant's budget of the month is used up.",
} as const;

export type Cause = keyof typeof STEP_DOWN_CAUSES;

/** Why it steps down; null where it does not. `latest`: of its last outcomes, whether each was taken back. */
export function reversalSpike(latest: readonly boolean[], { spikeReversals }: Rules): string | null {
  const looked = latest.slice(0, spikeSample);
  const reversed = looked.filter((each) => each).length;
  if (reversed < spikeReversals) return null;
  return `${reversed} of its latest ${looked.length} actions were taken back; ${spikeReversals} of ${spikeSample} are too many.`;
}

/** `refused` and `proposed` within two days. */
export function refusalSpike(
  { refused, proposed }: { refused: number; proposed: number },
  { spikeRefusals }: Rules,
): string | null {
  if (refused < spikeRefusals || refused < proposed) return null;
  return `${refused} proposals were refused for their input within two days, and ${proposed} were taken; ${spikeRefusals} that are half of all are too many.`;
}
