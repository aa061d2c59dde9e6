import { type EntityManager, type Principal, personOf, problem, type UserProblem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Leave } from './attempt.ts';
import type { InForce } from './autonomy/index.ts';
import { levelOf } from './standing-orders.ts';

/**
 * Whether what is approved may be begun by whoever begins it. Unattended that is the product itself; below, where the
 * tenant set a level or lost one, it takes a person. Refuses with `NOT_UNATTENDED`, `PERSON_REQUIRED`.
 */
export function insistClick(
  { level, takesPerson }: InForce,
  principal: Principal,
  { unattended }: Pick<Leave, 'unattended'> = {},
): void {
  if (unattended && level !== 'UNATTENDED') throw notUnattended(level);
  if (!takesPerson || personOf(principal) !== undefined) return;
  const message = `Its tool is at ${level}: a person executes it, or a key of theirs, and no machine by itself.`;
  throw problem('PERSON_REQUIRED', message, ['input', 'actionId'], { level });
}

/** Whether its tool has come to take a click since it was begun without one. */
export const takesClickByNow = async (em: EntityManager, action: Action): Promise<boolean> =>
  action.begunUnattended && !(await isUnattended(em, action));

/** Whether its tool goes unattended at this moment. */
export const isUnattended = async (em: EntityManager, tool: Action): Promise<boolean> =>
  (await levelOf(em, tool)).level === 'UNATTENDED';

/** Refuses with `NOT_UNATTENDED` what nobody clicked and the product may not go on with by itself. */
export async function insistGoesByItself(em: EntityManager, action: Action): Promise<void> {
  if (!action.begunUnattended) return;
  const { level } = await levelOf(em, action);
  if (level !== 'UNATTENDED') throw notUnattended(level);
}

const notUnattended = (level: InForce['level']): UserProblem =>
  problem('NOT_UNATTENDED', `Its tool is at ${level} by now: somebody executes it.`, ['input', 'actionId'], { level });
