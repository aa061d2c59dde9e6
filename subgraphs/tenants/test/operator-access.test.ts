import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAsGateway, outboxOf, principalOf, signInFields } from './desk.ts';
import { type Answer, openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate, mutation, payloadOf } from './mutate.ts';

const fields = 'operatorAccess { id operator permissions reason expiresAt revokedAt grantedBy }';
const operator = 'platform@countersign.test';

describe("a platform operator's access", () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const grant = (input: Record<string, unknown> = {}, tenant = acme) => {
    const whole = { operator, permissions: ['tenants:user:read'], reason: 'Ticket 7', expiresAt: inDays(1), ...input };
    return mutate(tenant, 'admin', 'grantOperatorAccess', whole, fields);
  };
  const signIn = async (who = operator, tenant = acme) => {
    const query = `query($operator: String!) { operatorSignIn(operator: $operator) { ${signInFields} } }`;
    return principalOf((await askAsGateway(house, tenant.id, query, { operator: who })).operatorSignIn, tenant.id);
  };
  const ask = async (principal: Principal, query: string, variables?: Record<string, unknown>) =>
    (await house.execute('tenants', principal, query, variables)) as Answer;

  it('is none without a grant, and just what the tenant granted with one', async () => {
    const tenant = await house.tenant('globex');
    expect(await signIn(operator, tenant)).toBeNull();
    const granted = await grant({ operator: ' Platform@Countersign.TEST ' }, tenant);
    expect(granted).toMatchObject({
      userErrors: [],
      operatorAccess: { operator, reason: 'Ticket 7', revokedAt: null },
    });
    const principal = (await signIn(operator, tenant)) as Principal;
    expect(principal).toMatchObject({
      kind: 'platform_operator',
      id: operator,
      permissions: ['tenants:user:read'],
      roles: [],
    });
    expect((await ask(principal, '{ users(first: 1) { edges { node { id } } } }')).errors).toBeUndefined();
    expect((await ask(principal, '{ apiKeys { edges { cursor } } }')).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(await signIn(operator, acme)).toBeNull();
    expect(await signIn('another@countersign.test', tenant)).toBeNull();
  });

  it.each([
    [{ permissions: ['*:*:*'] }, 'CANNOT_GRANT'],
    [{ permissions: [] }, 'PERMISSIONS_MISSING'],
    [{ operator: 'platform' }, 'EMAIL_INVALID'],
    [{ reason: ' ' }, 'REASON_NEEDED'],
  ])('with %j is refused with %s', async (input, code) => {
    expect(codesOf(await grant(input))).toEqual([code]);
  });

  it.each([-1, 31])('of %i days is refused', async (days) => {
    expect(codesOf(await grant({ expiresAt: inDays(days) }))).toEqual(['EXPIRY_INVALID']);
  });

  it('is taken back at once, also from one who is at work', async () => {
    const { operatorAccess } = await grant({ operator: 'second@countersign.test' });
    const principal = (await signIn('second@countersign.test')) as Principal;
    const revoked = await mutate(acme, 'admin', 'revokeOperatorAccess', { id: operatorAccess.id }, fields);
    expect(revoked.operatorAccess.revokedAt).not.toBeNull();
    expect((await ask(principal, '{ users(first: 1) { edges { cursor } } }')).errors?.[0]?.extensions?.code).toBe(
      'UNAUTHENTICATED',
    );
    expect(await signIn('second@countersign.test')).toBeNull();
    const again = await mutate(acme, 'admin', 'revokeOperatorAccess', { id: operatorAccess.id });
    expect(codesOf(again)).toEqual(['OPERATOR_ACCESS_ENDED']);
    const { data } = await acme.ask('admin', '{ operatorAccess { edges { node { id revokedAt } } } }');
    expect(data.operatorAccess.edges[0].node).toEqual({ id: operatorAccess.id, revokedAt: expect.any(String) });
  });

  it('is not for operators to hand on, nor to make keys of', async () => {
    await grant({ operator: 'third@countersign.test', permissions: ['tenants:*:*'] });
    const principal = (await signIn('third@countersign.test')) as Principal;
    const input = {
      operator: 'third@countersign.test',
      permissions: ['tenants:*:*'],
      reason: 'more',
      expiresAt: inDays(30),
    };
    const more = await ask(principal, mutation('grantOperatorAccess', ''), { input });
    expect(codesOf(payloadOf(more, 'grantOperatorAccess'))).toEqual(['OPERATOR_CANNOT_GRANT']);
    const key = await ask(principal, mutation('createApiKey', ''), {
      input: { name: 'x', permissions: ['tenants:user:read'] },
    });
    expect(codesOf(payloadOf(key, 'createApiKey'))).toEqual(['OWNER_NEEDED']);
  });

  it("is recorded for the tenant's log in the operator's name", async () => {
    const record =
      'mutation($operator: String!, $operation: String!) { recordOperatorAccess(operator: $operator, operation: $operation) }';
    await askAsGateway(house, acme.id, record, { operator, operation: 'query { users }' });
    const told = (await outboxOf(house)).filter(({ type }) => type === 'OperatorAccess');
    expect(told).toEqual([
      {
        type: 'OperatorAccess',
        principal: { kind: 'platform_operator', id: operator },
        payload: { operator, operation: 'query { users }' },
      },
    ]);
    const { errors } = await acme.ask('admin', record, { operator, operation: 'x' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});
