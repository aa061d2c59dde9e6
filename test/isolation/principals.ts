import { type Principal, tenantId } from '@countersign/kernel';
import type { Dice } from './dice.ts';
import { odd } from './grants.ts';
import type { IsolationHouse } from './house.ts';
import type { Ground } from './tenants.ts';

/** Everybody of the tenant: people as the gateway resolves them, keys and operators, and machines that hold odd things. */
export async function principalsOf(house: IsolationHouse, { id, within }: Ground, dice: Dice): Promise<Principal[]> {
  const own = tenantId(id);
  const rows = (sql: string) => within((em) => em.execute<Record<string, string | null>[]>(sql));
  const people: Principal[] = [];
  for (const { email } of await rows('select email from tenants.app_user order by email')) {
    people.push(await signedIn(house, own, String(email)));
  }
  const nothing = { tenantId: own, roles: [], permissions: [], attributes: {} };
  // As if their rights had changed since they signed in, so that they are looked up anew.
  const keys = (await rows('select id, connector from tenants.api_key order by name')).map((key): Principal => {
    return { ...nothing, kind: key.connector ? 'connector' : 'api_key', id: String(key.id), revision: -1 };
  });
  const operators = (await rows('select operator from tenants.operator_access order by operator')).map(
    ({ operator }): Principal => ({ ...nothing, kind: 'platform_operator', id: String(operator), revision: -1 }),
  );
  const machines = [['*:*:*'], dice.some(odd, 6), []].map(
    (permissions, index): Principal => ({
      ...nothing,
      kind: index === 0 ? 'connector' : 'service',
      id: `machine-${index}`,
      permissions,
    }),
  );
  return [...people, ...keys, ...operators, ...machines];
}

const signInQuery = `query ($email: String!) {
  signIn(email: $email) { kind id person email roles groups permissions attributes revision until session }
}`;

async function signedIn(house: IsolationHouse, tenant: Principal['tenantId'], email: string): Promise<Principal> {
  const gateway: Principal = {
    kind: 'service',
    id: 'gateway',
    tenantId: tenant,
    roles: [],
    permissions: [],
    attributes: {},
  };
  const { result } = await house.ask(gateway, { query: signInQuery, variables: { email } }, 'tenants');
  const found = (result.data as { signIn: Record<string, unknown> | null } | null)?.signIn;
  if (!found) throw new Error(`${email} may not sign in: ${JSON.stringify(result.errors)}`);
  // The query names what a principal is made of; what is null is absent in one.
  return {
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)) as unknown as Principal),
    tenantId: tenant,
  };
}
