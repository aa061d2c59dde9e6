import { newId, servicePrincipal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provisionTenant, tenants } from '../src/index.ts';

describe('tenants', () => {
  const acme = newId();
  const globex = newId();
  let house: TestSubgraphs;

  beforeAll(async () => {
    house = await startTestSubgraphs([tenants]);
    for (const [id, name] of [
      [acme, 'acme'],
      [globex, 'globex'],
    ] as const) {
      const users = [{ email: `operator@${name}.test`, name: 'Olga Operator', role: 'operator' }];
      await provisionTenant(house.database, { id, name, region: 'eu', users });
    }
  });
  afterAll(() => house.close());

  const signIn = (tenant: string, email: string) =>
    house.execute(
      'tenants',
      servicePrincipal(tenant, 'gateway', []),
      'query($email: String!) { signIn(email: $email) { userId roles permissions } }',
      { email },
    );

  it('signs a person in with the roles and permissions of their tenant', async () => {
    const { data, errors } = await signIn(acme, 'operator@acme.test');
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ signIn: { roles: ['operator'] } });
    expect(data).toMatchObject({ signIn: { permissions: expect.arrayContaining(['tool:*:propose']) } });
  });

  it("does not find another tenant's people", async () => {
    expect(await signIn(globex, 'operator@acme.test')).toEqual({ data: { signIn: null } });
  });

  it('shows the gateway alone who can sign in', async () => {
    const { errors } = await house.execute(
      'tenants',
      testPrincipal(),
      '{ signIn(email: "operator@acme.test") { userId } }',
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('answers who is asking', async () => {
    const { data } = await signIn(acme, 'operator@acme.test');
    const { userId } = (data as { signIn: { userId: string } }).signIn;
    const principal = testPrincipal({ id: userId, tenantId: servicePrincipal(acme, 'x', []).tenantId });
    const answer = await house.execute(
      'tenants',
      principal,
      '{ viewer { email tenant { name region } roles { name } } }',
    );
    expect(answer).toEqual({
      data: {
        viewer: { email: 'operator@acme.test', tenant: { name: 'acme', region: 'eu' }, roles: [{ name: 'operator' }] },
      },
    });
  });
});
