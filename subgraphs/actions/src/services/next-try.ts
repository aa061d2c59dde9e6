import type { EntityManager, Principal } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Leave } from './attempt.ts';
import { insistClick, insistGoesByItself } from './click.ts';
import { insistGates } from './gate-keeper.ts';
import { insistNotSuspended } from './suspensions.ts';

/**
 * All that is asked before what was begun once is done again: it was found not to have taken effect, so that nothing
 * forces it. `by`: whoever wants it; absent where the product goes on by itself. Refuses with `SUSPENDED`,
 * `OUTSIDE_CHANGE_WINDOW`, `APPROVALS_MISSING`, `LIMIT_EXCEEDED`, `NOT_UNATTENDED`, `PERSON_REQUIRED`.
 */
export async function insistNextTry(
  em: EntityManager,
  action: Action,
  now: Date,
  by?: { readonly principal: Principal; readonly leave: Leave },
): Promise<void> {
  await insistNotSuspended(em, action.tool);
  // Before the gates, which ask for an approval of what only suggests by now: they would have it wait for ever.
  if (!by) await insistGoesByItself(em, action);
  const { autonomy } = await insistGates(em, action, now);
  if (by) insistClick(autonomy, by.principal, by.leave);
}
