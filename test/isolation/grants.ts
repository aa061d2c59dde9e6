import { type EntityManager, newId } from '@countersign/kernel';
import type { Dice } from './dice.ts';
import { ids, insert } from './insert.ts';
import { knownPolicies } from './policies.ts';
import type { Ground } from './tenants.ts';

/** What custom roles give, and machines are given: also what nobody would give. */
export const odd = [
  'knowledge:*:*',
  'knowledge:document:read',
  'actions:action:approve',
  'actions:action:read',
  'actions:log:read',
  'inference:answer:audit',
  'inference:answer:*',
  'tenants:user:read',
  'tenants:policy:*',
  'tenants:access:explain',
  'billing:*:read',
  'tool:*:propose',
  '*:*:read',
  'nothing:of:this',
] as const;

/** Roles in roles, groups in groups, and who holds what by them: random, expired and overlapping too. */
export async function makeGrants(em: EntityManager, { id: tenant_id, word }: Ground, dice: Dice): Promise<void> {
  const people = await ids(em, 'tenants.app_user', 'email');
  const given = await ids(em, 'tenants.role', 'name');
  const base = { tenant_id, assigned_by: 'service:test' };
  const roles = Array.from({ length: 4 }, () => newId());
  for (const id of roles) {
    const permissions = dice.some(odd, 4);
    await insert(em, 'tenants.role', {
      id,
      tenant_id,
      name: `role ${word()}`,
      description: `For ${word()}`,
      permissions,
    });
  }
  await insert(em, 'tenants.role_include', { tenant_id, role_id: roles[0], included_id: roles[1] });
  const groups = Array.from({ length: 3 }, () => newId());
  for (const id of groups)
    await insert(em, 'tenants.user_group', { id, tenant_id, name: `group ${word()}`, external_id: word() });
  await insert(em, 'tenants.group_child', { tenant_id, group_id: groups[0], child_id: groups[1] });
  for (const group_id of groups) {
    for (const user_id of dice.some(people, 4))
      await insert(em, 'tenants.group_member', { tenant_id, group_id, user_id });
    const expires_at = dice.chance(0.3) ? '2020-01-01' : null;
    await insert(em, 'tenants.assignment', {
      ...base,
      id: newId(),
      role_id: dice.pick(roles),
      group_id,
      expires_at,
      reason: word(),
    });
  }
  for (const user_id of people) {
    if (dice.chance(0.5)) continue;
    const role_id = dice.pick([...roles, ...roles, ...given]);
    await em.execute('savepoint assigning');
    await insert(em, 'tenants.assignment', {
      ...base,
      id: newId(),
      role_id,
      user_id,
      reason: `Because ${word()}`,
    }).catch(
      // They have it already.
      () => em.execute('rollback to savepoint assigning'),
    );
  }
}

/** Some of the policies that the oracle understands, in force. */
export async function makePolicies(em: EntityManager, { id: tenant_id, word }: Ground, dice: Dice): Promise<void> {
  for (const { name, text } of dice.some(knownPolicies, 4)) {
    const policy = { id: newId(), tenant_id, name: `${name} ${word()}`, version: 1 };
    const source = `${text} // ${word()}`;
    await insert(em, 'kernel.policy', { ...policy, source });
    await insert(em, 'tenants.policy', policy);
    const version = { tenant_id, policy_id: policy.id, version: 1, source, note: `Note ${word()}` };
    await insert(em, 'tenants.policy_version', { ...version, author_kind: 'service', author_id: 'test' });
  }
}
