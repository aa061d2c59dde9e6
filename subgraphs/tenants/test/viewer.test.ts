import { newId, servicePrincipal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
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
      'query($email: String!) { signIn(email: $email) { id roles permissions } }',
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
      '{ signIn(email: "operator@acme.test") { id } }',
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('answers who is asking', async () => {
    const { data } = await signIn(acme, 'operator@acme.test');
    const { id: userId } = (data as { signIn: { id: string } }).signIn;
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

  it('reads the tenant and the roles of many people at once, and none for an id that is no id', async () => {
    const users = [...Array(5).keys()].map((n) => ({ email: `n${n}@initech.test`, name: `N ${n}`, role: 'viewer' }));
    const initech = newId();
    await provisionTenant(house.database, { id: initech, name: 'initech', region: 'eu', users });
    const ids = await Promise.all(
      users.map(async ({ email }) => {
        const { data } = await signIn(initech, email);
        return (data as { signIn: { id: string } }).signIn.id;
      }),
    );
    const reads = jest.spyOn(house.database, 'read');
    const query = `query($users: [_Any!]!) { _entities(representations: $users) { ... on User {
      email tenant { name } roles { name } permissions
    } } }`;
    const representations = [...ids, 'no-id'].map((id) => ({ __typename: 'User', id }));
    const principal = testPrincipal({ tenantId: servicePrincipal(initech, 'x', []).tenantId });
    const { data, errors } = await house.execute('tenants', principal, query, { users: representations });
    expect(errors).toBeUndefined();
    const expected = users.map(({ email }) => ({ email, tenant: { name: 'initech' }, roles: [{ name: 'viewer' }] }));
    expect(data).toMatchObject({ _entities: [...expected, null] });
    expect(reads).toHaveBeenCalledTimes(3); // The people, their tenant, their roles.
    reads.mockRestore();
  });
});
