import { type Principal, personOf, problem } from '@countersign/kernel';
import type { Leave } from './attempt.ts';
import type { InForce } from './autonomy/index.ts';

/**
 * Whether what is approved may be begun by whoever begins it. Unattended that is the product itself; below, where the
 * tenant set a level or lost one, it takes a person. Refuses with `NOT_UNATTENDED`, `PERSON_REQUIRED`.
 */
export function insistClick(
  { level, takesPerson }: InForce,
  principal: Principal,
  { unattended }: Pick<Leave, 'unattended'> = {},
): void {
  const path = ['input', 'actionId'];
  if (unattended && level !== 'UNATTENDED') {
    throw problem('NOT_UNATTENDED', `Its tool is at ${level} by now: somebody executes it.`, path, { level });
  }
  if (!takesPerson || personOf(principal) !== undefined) return;
  const message = `Its tool is at ${level}: a person executes it, or a key of theirs, and no machine by itself.`;
  throw problem('PERSON_REQUIRED', message, path, { level });
}
