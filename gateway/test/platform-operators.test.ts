import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { TestProvider } from './oidc-provider.fixture.ts';
import { openWholeHouse, type WholeHouse } from './sign-in-house.fixture.ts';

const operator = 'platform@countersign.test';
const people = 'query People { people: users(first: 1) { edges { node { email } } } }';
const grant = `mutation($input: GrantOperatorAccessInput!) {
  grantOperatorAccess(input: $input) { operatorAccess { id } userErrors { code } }
}`;
const revoke =
  'mutation($input: RevokeOperatorAccessInput!) { revokeOperatorAccess(input: $input) { userErrors { code } } }';

describe("the platform's operators", () => {
  let house: WholeHouse;
  let platform: TestProvider;
  beforeAll(async () => {
    platform = new TestProvider([], { sub: 'olaf', email: 'olaf@platform.test', name: 'Olaf' });
    await platform.start();
    house = await openWholeHouse({ operators: { issuer: platform.issuer, audience: 'countersign-platform' } });
  });
  afterAll(async () => {
    await house.close();
    await platform.stop();
  });

  const asOperator = async (tenant: string, token?: string) => ({
    authorization: `Bearer ${token ?? (await house.issuer.signOperator(operator)).token}`,
    'x-countersign-tenant': tenant,
  });
  const letIn = async (tenant: string, name: string, who = operator) => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const input = { operator: who, permissions: ['tenants:user:read'], reason: 'Ticket 7', expiresAt };
    const { data } = await house.ask(await house.as(`admin@${name}.test`, tenant), grant, { input });
    expect(data.grantOperatorAccess.userErrors).toEqual([]);
    return data.grantOperatorAccess.operatorAccess.id as string;
  };
  const accesses = async () => (await house.outbox()).filter(({ type }) => type === 'OperatorAccess');

  it('are refused where the tenant has granted them nothing, as where there is no such tenant', async () => {
    const tenant = await house.tenant('closed');
    const before = (await accesses()).length;
    const [granted, unknown, none] = [tenant, newId(), 'closed'].map(async (each) =>
      house.ask(await asOperator(each), people),
    );
    expect(await granted).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await granted)?.errors?.[0]?.message).toBe('The tenant has granted you no access.');
    expect(await unknown).toEqual(await granted);
    expect(await none).toEqual(await granted);
    expect(await accesses()).toHaveLength(before);
  });

  it("do what was granted, and all that they ask for stands in the tenant's log before they are answered", async () => {
    const tenant = await house.tenant('open');
    const id = await letIn(tenant, 'open');
    const { data } = await house.ask(await asOperator(tenant), people);
    expect(data.people.edges).toHaveLength(1);
    expect((await house.ask(await asOperator(tenant), '{ apiKeys { edges { cursor } } }')).code).toBe('FORBIDDEN');
    const logged = await accesses();
    expect(logged.map(({ payload }) => payload.operation)).toEqual(['query People { users }', 'query { apiKeys }']);
    expect(logged[0]?.principal).toEqual({ kind: 'platform_operator', id: operator });
    await house.ask(await house.as('admin@open.test', tenant), revoke, { input: { id } });
    expect(await house.ask(await asOperator(tenant), people)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await house.ask(await asOperator(await house.tenant('next')), people)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('are not answered where what they ask for cannot be written down', async () => {
    const tenant = await house.tenant('unwritten');
    await letIn(tenant, 'unwritten');
    const headers = await asOperator(tenant);
    const runtime = house.subgraphs.runtimes.get('tenants');
    if (!runtime) throw new Error('No tenants.');
    const execute = runtime.execute.bind(runtime);
    runtime.execute = async (request, context) =>
      request.query.includes('RecordOperatorAccess')
        ? Promise.reject(new Error('The disk is full.'))
        : execute(request, context);
    try {
      const { data, errors } = await house.ask(headers, people);
      expect(data ?? null).toBeNull();
      expect(errors).toHaveLength(1);
      expect(JSON.stringify(errors)).not.toContain('disk');
    } finally {
      runtime.execute = execute;
    }
  });

  it('are none of the people, and people are no operators', async () => {
    const tenant = await house.tenant('apart');
    await letIn(tenant, 'apart', 'admin@apart.test');
    const admin = await house.as('admin@apart.test', tenant);
    expect(await house.ask({ ...admin, 'x-countersign-tenant': tenant }, people)).toMatchObject({ status: 401 });
    const { authorization } = await asOperator(tenant);
    expect(await house.ask({ authorization }, people)).toMatchObject({ status: 401 });
    expect(await house.ask({ 'x-countersign-tenant': tenant }, people)).toMatchObject({ status: 401 });
  });

  it("come with the tokens of the platform's own issuer, for its audience and with a verified address", async () => {
    const tenant = await house.tenant('issued');
    await letIn(tenant, 'issued', 'olaf@platform.test');
    const now = Math.floor(Date.now() / 1000);
    const sign = (claims: JWTPayload) =>
      platform.sign({
        iss: platform.issuer,
        aud: 'countersign-platform',
        sub: 'olaf',
        email: 'Olaf@platform.test',
        email_verified: true,
        iat: now,
        exp: now + 60,
        ...claims,
      });
    expect((await house.ask(await asOperator(tenant, await sign({})), people)).data.people.edges).toHaveLength(1);
    for (const claims of [{ aud: 'another' }, { email_verified: false }, { exp: now - 120 }]) {
      expect(await house.ask(await asOperator(tenant, await sign(claims)), people)).toMatchObject({ status: 401 });
    }
  });
});
