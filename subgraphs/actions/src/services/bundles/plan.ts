import type { Preview } from '../../entities/plan.ts';
import { type Digest, digestOf } from '../decision-log/canonical.ts';
import type { Reference } from './references.ts';

export type OnFailure = 'STOP' | 'COMPENSATE';

/**
 * What an approval of a bundle is bound to: the steps' own plans, their order, and what happens when one fails.
 */
export const bundlePlanHash = (plan: {
  readonly onFailure: OnFailure;
  /** In the order of their execution. */
  readonly steps: readonly { readonly key: string; readonly after: readonly string[]; readonly planHash: string }[];
}): Digest =>
  digestOf('countersign.bundle.plan', {
    onFailure: plan.onFailure,
    steps: plan.steps.map(({ key, after, planHash }) => ({ key, after: [...after], planHash })),
  });

/** The preview of a step that cannot be asked about yet: in words, what it takes from where. */
export function previewInWords(title: string, references: readonly Reference[]): Preview {
  const taken = references.map(
    ({ at, from, pointer }) => `${at.join('.') || 'its whole input'} from ${pointer} of "${from}"`,
  );
  const summary = `${title}: takes ${taken.join(', and ')}. It is previewed, and refused where need be, when its turn comes.`;
  return { summary, changes: [] };
}
