import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAsGateway, outboxOf, principalOf, signInFields } from './desk.ts';
import { type Answer, openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, payloadOf } from './mutate.ts';

const open = `mutation($userId: ID!, $tokenHash: String!, $expiresAt: DateTimeISO!, $userAgent: String) {
  openSession(userId: $userId, tokenHash: $tokenHash, expiresAt: $expiresAt, userAgent: $userAgent)
}`;
const list = `query($userId: ID) {
  sessions(userId: $userId) { edges { node { id userAgent current closedAt user { email } } } }
}`;
const revoke =
  'mutation($input: RevokeSessionInput!) { revokeSession(input: $input) { session { id } userErrors { code } } }';
const revokeAll = `mutation($input: RevokeUserSessionsInput!) {
  revokeUserSessions(input: $input) { revoked userErrors { code } }
}`;

describe('sessions', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let tokens = 0;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  /** Signs the person in on one more browser. */
  const signedIn = async (name: string, seconds = 60) => {
    const tokenHash = `hash-${++tokens}`;
    const expiresAt = new Date(Date.now() + seconds * 1_000).toISOString();
    const userId = await idOf(acme, name);
    const { openSession: id } = await askAsGateway(house, acme.id, open, {
      userId,
      tokenHash,
      expiresAt,
      userAgent: 'Firefox',
    });
    return { id: String(id), tokenHash, principal: (await bySession(tokenHash)) as Principal };
  };
  const bySession = async (tokenHash: string, tenant = acme.id) => {
    const query = `query($tokenHash: String!) { sessionSignIn(tokenHash: $tokenHash) { ${signInFields} } }`;
    return principalOf((await askAsGateway(house, tenant, query, { tokenHash })).sessionSignIn, tenant);
  };
  const ask = async (principal: Principal, query: string, variables?: Record<string, unknown>) =>
    (await house.execute('tenants', principal, query, variables)) as Answer;
  const idsOf = ({ data }: Answer) => data.sessions.edges.map(({ node }: { node: { id: string } }) => node.id);

  it('make their person the principal, and are told apart from one another', async () => {
    const one = await signedIn('operator');
    const other = await signedIn('operator');
    expect(one.principal).toMatchObject({ kind: 'user', email: 'operator@acme.test', session: one.id });
    const { data } = await ask(one.principal, list);
    const current = data.sessions.edges.map(({ node }: { node: { id: string; current: boolean } }) => [
      node.id,
      node.current,
    ]);
    expect(current).toEqual(
      expect.arrayContaining([
        [one.id, true],
        [other.id, false],
      ]),
    );
  });

  it('that have ended, or are of another tenant, let nobody in', async () => {
    const { tokenHash } = await signedIn('operator');
    const globex = await house.tenant('globex');
    expect(await bySession(tokenHash, globex.id)).toBeNull();
    expect((await signedIn('operator', -1)).principal).toBeNull();
  });

  it('end at once for who closes their own, and leave their others open', async () => {
    const closed = await signedIn('viewer');
    const kept = await signedIn('viewer');
    expect(
      codesOf(payloadOf(await ask(kept.principal, revoke, { input: { id: closed.id } }), 'revokeSession')),
    ).toEqual([]);
    const { errors } = await ask(closed.principal, '{ viewer { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await bySession(closed.tokenHash)).toBeNull();
    expect(idsOf(await ask(kept.principal, list))).toEqual([kept.id]);
  });

  it('of others are neither seen nor ended without the permission, and one that does not exist looks the same', async () => {
    const { id } = await signedIn('admin');
    for (const other of [id, '00000000-0000-7000-8000-000000000000', 'none']) {
      const answer = await acme.ask('operator', revoke, { input: { id: other } });
      expect(codesOf(payloadOf(answer, 'revokeSession'))).toEqual(['SESSION_NOT_FOUND']);
    }
    const userId = await idOf(acme, 'admin');
    for (const answer of [
      await acme.ask('operator', list, { userId }),
      await acme.ask('operator', revokeAll, { input: { userId } }),
    ]) {
      expect(answer.errors?.[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        permission: 'tenants:identity:administer',
      });
    }
    expect((await outboxOf(house)).filter(({ type }) => type === 'AccessRefused')).not.toEqual([]);
  });

  it('of others are ended by who may administer identity', async () => {
    const sessions = [await signedIn('approver'), await signedIn('approver')];
    const userId = await idOf(acme, 'approver');
    expect(idsOf(await acme.ask('admin', list, { userId }))).toHaveLength(2);
    const { revoked } = payloadOf(await acme.ask('admin', revokeAll, { input: { userId } }), 'revokeUserSessions');
    expect(revoked).toBe(2);
    for (const { tokenHash } of sessions) expect(await bySession(tokenHash)).toBeNull();
    expect(idsOf(await acme.ask('admin', list, { userId }))).toEqual([]);
  });

  it('are not ended by a key of their person that may not administer identity', async () => {
    const { id } = await signedIn('auditor');
    const auditor = await acme.principal('auditor');
    const machine = { ...auditor, kind: 'api_key', person: auditor.id, revision: undefined } as const;
    const answer = await ask(machine, revoke, { input: { id } });
    expect(codesOf(payloadOf(answer, 'revokeSession'))).toEqual(['SESSION_NOT_FOUND']);
  });

  it('are closed by signing out, and the log knows who did it and no token', async () => {
    const { id, tokenHash, principal } = await signedIn('operator');
    const close = 'mutation($tokenHash: String!) { closeSession(tokenHash: $tokenHash) }';
    for (const _ of [1, 2]) await askAsGateway(house, acme.id, close, { tokenHash });
    expect(await bySession(tokenHash)).toBeNull();
    const told = await outboxOf(house);
    const ended = told.filter(({ payload }) => (payload.subject as { id?: string } | undefined)?.id === id);
    expect(ended).toMatchObject([{ type: 'AccessChanged', principal: { kind: 'user', id: principal.id } }]);
    expect(JSON.stringify(told)).not.toContain(tokenHash);
  });
});
