import { maskJson, type SubgraphPermissions, veil } from '@countersign/kernel';
import type { Action } from './entities/action.ts';
import type { Outcome, Preview } from './entities/plan.ts';

/** Whoever holds it sees what actions say of persons: their previews, outcomes, evidence, and what the log has of it. */
export const seesActionData = 'actions:sensitive:read';

/** Where and how much stays to be seen: a checker knows at least how many changes there are that they cannot read. */
export const maskPreview = (preview: Preview): Preview => ({
  ...preview,
  summary: veil,
  changes: preview.changes.map(({ path, before, after }) => ({ path, before: hidden(before), after: hidden(after) })),
});

/** How it ended and under which name stays to be seen: the log commits to both. */
export const maskOutcome = (outcome: Outcome): Outcome => ({
  ...outcome,
  output: hidden(outcome.output),
  summary: outcome.summary && veil,
  errorMessage: outcome.errorMessage && veil,
  ...(outcome.items && {
    items: outcome.items.map((each) => ({ ...each, errorMessage: each.errorMessage && veil })),
  }),
  ...(outcome.deviations && {
    deviations: outcome.deviations.map(({ path, planned, actual }) => ({
      path,
      planned: hidden(planned),
      actual: hidden(actual),
    })),
  }),
});

const hidden = (value: Outcome['output']): Outcome['output'] => maskJson(value) as Outcome['output'];

/** Whether anybody who sees the action may see its data. */
export const isOpen = ({ dataClass }: Pick<Action, 'dataClass'>): boolean => dataClass === 'NONE';

const ofAction = { dataClass: ['PII', 'PHI'], permission: seesActionData, open: isOpen } as const;
// Of no one action, or of its sources: nobody said that there is nothing of persons in it.
const always = { dataClass: ['PII', 'PHI'], permission: seesActionData } as const;

export const sensitiveFields: NonNullable<SubgraphPermissions['sensitive']> = {
  Action: {
    input: { ...ofAction, mask: maskJson },
    preview: { ...ofAction, mask: maskPreview },
    drift: { ...ofAction, mask: maskPreview },
    outcome: { ...ofAction, mask: maskOutcome },
  },
  Evidence: { quote: always },
  LogEntry: { values: { ...always, mask: maskJson } },
};
