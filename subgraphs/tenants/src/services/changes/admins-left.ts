import { type EntityManager, problem, readAccess } from '@countersign/kernel';
import { countAdmins } from '../../statements/admins.ts';
import type { ChangeKind } from './change.ts';

/** Whether the tenant wants a second person for changes of who may do what. */
export async function needsSecondPerson(em: EntityManager): Promise<boolean> {
  const access = await readAccess(em);
  return access?.settings.permissionChangesNeedApproval === true;
}

/**
 * Holds a change that was made against the admins that it leaves of those that there were: one always, and two where a
 * second one has to approve. Taking back goes down to one: somebody who left has to be out at once. Refuses with
 * `LAST_ADMIN`, `SECOND_PERSON_NEEDED`.
 */
export async function insistAdminsLeft(
  em: EntityManager,
  { needsNoApproval = false }: ChangeKind,
  before: number,
): Promise<void> {
  const admins = await countAdmins(em);
  if (admins === 0) {
    const message =
      'This would leave the tenant without an admin: somebody active has to hold tenants:*:* without an end.';
    throw problem('LAST_ADMIN', message, ['input']);
  }
  if (needsNoApproval || admins >= Math.min(before, 2)) return;
  if (await needsSecondPerson(em)) throw secondPersonNeeded(['input']);
}

/** Refuses with `SECOND_PERSON_NEEDED` where nobody would be there to approve. */
export async function insistTwoAdmins(em: EntityManager, path: string[]): Promise<void> {
  if ((await countAdmins(em)) < 2) throw secondPersonNeeded(path);
}

const secondPersonNeeded = (path: string[]) =>
  problem(
    'SECOND_PERSON_NEEDED',
    'Where changes need a second person, two active people have to hold tenants:*:* without an end.',
    path,
  );
