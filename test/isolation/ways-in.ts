import { type EntityManager, newId } from '@countersign/kernel';
import type { Dice } from './dice.ts';
import { odd } from './grants.ts';
import { ids, insert } from './insert.ts';
import type { Ground } from './tenants.ts';

/** What people and machines come in by, each with its secret, and a change that waits for a second person. */
export async function makeWaysIn(em: EntityManager, { id: tenant_id, word }: Ground, dice: Dice): Promise<void> {
  const people = await ids(em, 'tenants.app_user', 'email');
  for (const [index, owner_id] of dice.some(people).slice(0, 4).entries()) {
    await insert(em, 'tenants.api_key', {
      id: newId(),
      tenant_id,
      name: `key ${word()}`,
      owner_id,
      permissions: dice.some(odd, 5),
      connector: index === 1 ? 'fhir' : null,
      secret_hash: `${word()}${'s'.repeat(30)}`,
      expires_at: index === 3 ? '2020-01-01' : '2100-01-01',
    });
  }
  for (const user_id of people.slice(0, 4)) {
    const session = {
      id: newId(),
      tenant_id,
      user_id,
      token_hash: `${word()}${'t'.repeat(30)}`,
      user_agent: `Browser ${word()}`,
    };
    await insert(em, 'tenants.session', { ...session, expires_at: '2100-01-01' });
  }
  const providerId = newId();
  await insert(em, 'tenants.identity_provider', {
    id: providerId,
    tenant_id,
    name: `provider ${word()}`,
    issuer: `https://issuer.test/${word()}`,
    client_id: word(),
    client_secret: `${word()}${'u'.repeat(30)}`,
    audience: word(),
    scopes: ['openid', word()],
    claims: { email: null, name: word(), roles: null, attributes: [{ claim: word(), attribute: 'team' }] },
  });
  const identity = { tenant_id, provider_id: providerId, subject: `subject ${word()}`, user_id: people[0] };
  await insert(em, 'tenants.identity', identity);
  await insert(em, 'tenants.secret_in_waiting', { id: newId(), tenant_id, sealed: `${word()}${'v'.repeat(30)}` });
  for (const permissions of [dice.some(odd, 5), ['*:*:read']]) {
    await insert(em, 'tenants.operator_access', {
      id: newId(),
      tenant_id,
      operator: `${word()}@platform.test`,
      permissions,
      reason: `Case ${word()}`,
      granted_by: `user:${people[0]}`,
      expires_at: '2100-01-01',
    });
  }
  await insert(em, 'tenants.access_change', {
    id: newId(),
    tenant_id,
    kind: 'role.create',
    input: {
      name: `role ${word()}`,
      description: '',
      permissions: ['knowledge:document:read'],
      includes: [],
      reason: null,
    },
    subject: { type: 'Role', id: null, name: `role ${word()}` },
    after: { name: word() },
    status: 'WAITING',
    reason: `Since ${word()}`,
    author_kind: 'user',
    author_id: people[1],
    author_person: people[1],
  });
}
