import { type Principal, servicePrincipal } from '@countersign/kernel';
import type { Answer, TestHouse } from './house.ts';

export const signInFields = 'kind id person email roles groups permissions attributes revision until session';

/** Asks a hidden field as the gateway does. Throws what it refuses. */
export async function askAsGateway(
  house: TestHouse,
  tenant: string,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer['data']> {
  const { data, errors } = (await house.execute(
    'tenants',
    servicePrincipal(tenant, 'gateway', []),
    query,
    variables,
  )) as Answer;
  if (errors?.[0]) throw new Error(errors[0].message);
  return data;
}

/** The principal that a hidden field answered; null where it lets nobody in. */
export function principalOf(signIn: Record<string, unknown> | null, tenant: string): Principal | null {
  if (!signIn) return null;
  const { tenantId } = servicePrincipal(tenant, 'x', []);
  const held = Object.fromEntries(Object.entries(signIn).filter(([, value]) => value !== null));
  return { ...held, tenantId } as Principal; // The query asks for all of it.
}

/** All that was told so far in all tenants, as it lies on disk. */
export async function outboxOf(
  house: TestHouse,
): Promise<{ type: string; principal: { kind: string; id: string }; payload: Record<string, unknown> }[]> {
  return house.database.asRole('relay', (em) =>
    em.execute('select type, principal, payload from kernel.outbox order by occurred_at'),
  );
}

/** Has the tenant want a second person for every change of permissions. */
export async function needApproval(house: TestHouse, tenant: string): Promise<void> {
  await house.database.withTenant(servicePrincipal(tenant, 'test', []), async (em) => {
    await em.execute(`update kernel.access set settings = '{"permissionChangesNeedApproval":true}'`);
  });
}
