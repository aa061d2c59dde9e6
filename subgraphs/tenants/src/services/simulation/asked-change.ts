import { type EntityManager, type PolicySource, readPolicies, type UserError } from '@countersign/kernel';
import type { GrantChange } from '../../statements/principals.ts';
import { policyNamed, rolesAmong, usersAmong } from '../../statements/proposals.ts';
import { unknownPatterns } from '../../statements/roles.ts';
import { policyProblems } from '../policies/policy-check.ts';
import type { ProposedChange } from './proposed-change.ts';

/** A change as it is asked about. */
export interface AskedChange extends GrantChange {
  /** Where there is a policy of that name, it would be its next version. */
  readonly publish: readonly { readonly name: string; readonly source: string }[];
  /** Ids of policies in force. */
  readonly retire: readonly string[];
}

/** The policy as it would be in force: in the place of the one of that name, or a new one. */
export async function publicationOf(
  em: EntityManager,
  { name: wanted, source: text }: AskedChange['publish'][number],
): Promise<PolicySource> {
  const name = wanted.trim();
  const known = await policyNamed(em, name);
  // No policy that is in force has such an id.
  if (!known) return { id: `proposed:${name.toLowerCase()}`, name, version: 1, text };
  return { id: known.id, name: known.name, version: known.version + 1, text };
}

const mostEntries = 200;

/** What the change would be made of, or what has to be mended in it first. */
export async function proposedChange(
  em: EntityManager,
  asked: AskedChange,
): Promise<{ readonly change: ProposedChange; readonly problems: readonly UserError[] }> {
  const problems = [
    ...sizeProblems(asked),
    ...(await publishProblems(em, asked.publish)),
    ...(await retireProblems(em, asked.retire)),
    ...(await grantProblems(em, asked)),
  ];
  const publish: PolicySource[] = [];
  for (const each of asked.publish) publish.push(await publicationOf(em, each));
  const { retire, roles, assign, revoke } = asked;
  return { change: { publish, retire, grants: { roles, assign, revoke } }, problems };
}

function sizeProblems(asked: AskedChange): UserError[] {
  const lists = ['publish', 'retire', 'roles', 'assign', 'revoke'] as const;
  return lists
    .filter((list) => asked[list].length > mostEntries)
    .map((list) => problemAt('TOO_MANY', `At most ${mostEntries} at once; these are ${asked[list].length}.`, [list]));
}

async function publishProblems(em: EntityManager, publish: AskedChange['publish']): Promise<UserError[]> {
  const problems: UserError[] = [];
  for (const [index, { name, source }] of publish.slice(0, mostEntries).entries()) {
    if (name.trim() === '')
      problems.push(problemAt('NAME_INVALID', 'A policy has a name.', ['publish', index, 'name']));
    for (const { code, message, line, column } of await policyProblems(em, source)) {
      problems.push({ ...problemAt(code, message, ['publish', index, 'source']), params: { line, column } });
    }
  }
  return problems;
}

async function retireProblems(em: EntityManager, retire: readonly string[]): Promise<UserError[]> {
  if (retire.length === 0) return [];
  const active = new Set((await readPolicies(em)).map(({ id }) => id));
  return [...retire.entries()]
    .filter(([, id]) => !active.has(id))
    .map(([index]) => problemAt('POLICY_NOT_FOUND', 'There is no such policy in force.', ['retire', index]));
}

async function grantProblems(em: EntityManager, { roles, assign, revoke }: GrantChange): Promise<UserError[]> {
  const both = [...assign, ...revoke];
  const roleIds = [...roles, ...both].map(({ roleId }) => roleId);
  const knownRoles = new Set((await rolesAmong(em, roleIds)).map(({ id }) => id));
  const userIds = both.map(({ userId }) => userId);
  const knownUsers = new Set((await usersAmong(em, userIds)).map(({ id }) => id));
  const missing = Object.entries({ roles, assign, revoke }).flatMap(([list, entries]) =>
    [...entries.entries()].flatMap(([index, entry]) => [
      ...(knownRoles.has(entry.roleId) ? [] : [unknown('ROLE_NOT_FOUND', 'role', [list, index, 'roleId'])]),
      ...('userId' in entry && !knownUsers.has(entry.userId)
        ? [unknown('USER_NOT_FOUND', 'user', [list, index, 'userId'])]
        : []),
    ]),
  );
  const unheard: UserError[] = [];
  for (const [index, { permissions }] of roles.entries()) {
    const patterns = await unknownPatterns(em, permissions);
    if (patterns.length === 0) continue;
    const message = `There is no permission ${patterns.join(', ')}; permissionCatalog lists those that there are.`;
    unheard.push(problemAt('PERMISSION_UNKNOWN', message, ['roles', index, 'permissions']));
  }
  return [...missing, ...unheard];
}

const unknown = (code: string, what: string, path: (string | number)[]): UserError =>
  problemAt(code, `There is no such ${what}.`, path);

const problemAt = (code: string, message: string, path: (string | number)[]): UserError => ({
  code,
  message,
  path: ['input', ...path.map(String)],
  params: null,
});
