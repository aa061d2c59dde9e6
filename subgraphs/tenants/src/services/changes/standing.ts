import { AccessDenied, holds, notFound, type Principal, problem } from '@countersign/kernel';
import type { AccessChange } from '../../entities/access-change.ts';
import type { ChangeKind } from './change.ts';

/** Who sees changes that wait, whether or not they may decide on them. */
export const seesChanges = 'tenants:policy:read';

/** Throws `FORBIDDEN` for who does not hold it. */
export function insistHolds(principal: Principal, permission: string): void {
  if (holds(principal, permission)) return;
  const message = `This needs the permission ${permission}, which you do not hold.`;
  throw new AccessDenied('FORBIDDEN', message, { permission, reason: nothing }, recordOf(permission));
}

/** Throws `FORBIDDEN` for who may decide on no change at all: the same whatever they ask about. */
export function insistMayDecideSome(principal: Principal, kinds: Iterable<ChangeKind>): void {
  const permissions = new Set([seesChanges, ...[...kinds].map(({ permission }) => permission)]);
  if ([...permissions].some((permission) => holds(principal, permission))) return;
  const message = 'Deciding on a change takes the permission that making it takes; you hold none of those.';
  throw new AccessDenied('FORBIDDEN', message, { permission: seesChanges, reason: nothing }, recordOf(seesChanges));
}

/** Throws `FORBIDDEN`, or for who may not know of the change what is said where there is none. */
export function insistMayDecide(checker: Principal, { permission }: Pick<ChangeKind, 'permission'>): void {
  if (holds(checker, permission)) return;
  if (holds(checker, seesChanges)) insistHolds(checker, permission);
  throw new AccessDenied('NOT_FOUND', unknownChange().message, {}, recordOf(permission));
}

export const unknownChange = () => notFound('change');

/** Refuses with `MAKER_IS_NOT_CHECKER`: nobody approves what they asked for, also not with a key of theirs. */
export function insistSomebodyElse(change: AccessChange, checker: Principal, person: string | undefined): void {
  const same = change.authorKind === checker.kind && change.authorId === checker.id;
  if (!same && (person === undefined || change.authorPerson !== person)) return;
  const message = 'You asked for this change: someone else has to approve it.';
  throw problem('MAKER_IS_NOT_CHECKER', message, ['input', 'id']);
}

const nothing = 'Nothing permits it.';
const recordOf = (permission: string) => ({ permission, allowed: false, by: 'nothing' }) as const;
