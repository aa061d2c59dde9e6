import type { EntityManager } from '../database/database.ts';
import { markAccessChanged } from '../database/session.ts';
import { CountersignError } from '../errors.ts';
import type { TenantId } from '../ids.ts';
import type { Principal } from '../principal/principal.ts';
import type { AttributeDeclaration, PolicySource } from './cedar/index.ts';
import {
  type BuiltInSource,
  type Declared,
  type ObjectRef,
  type ObjectTypeDeclaration,
  objectFunction,
  type PermissionDeclaration,
} from './declarations.ts';

/** What a tenant's administrators set for the whole of it. */
export interface AccessRow {
  readonly revision: number;
  readonly region: string;
  readonly timeZone: string;
  /** The tenant's own attributes of people and machines. */
  readonly attributes: readonly AttributeDeclaration[];
  readonly settings: Readonly<Record<string, unknown>>;
}

export async function readRevision(em: EntityManager): Promise<number> {
  const [row]: { revision: string | number }[] = await em.execute('select revision from kernel.access');
  return Number(row?.revision ?? 0);
}

export async function readAccess(em: EntityManager): Promise<AccessRow | null> {
  const [row]: AccessRow[] = await em.execute(
    'select revision, region, time_zone as "timeZone", attributes, settings from kernel.access',
  );
  return row ? { ...row, revision: Number(row.revision) } : null;
}

export const readPolicies = (em: EntityManager): Promise<PolicySource[]> =>
  em.execute('select id, name, version, source as text from kernel.policy order by id');

export const readPermissions = (em: EntityManager): Promise<(PermissionDeclaration & { subgraph: string })[]> =>
  em.execute('select name, subgraph, description, risk, resource as "on", listed from kernel.permission order by name');

export const readObjectTypes = (em: EntityManager): Promise<(ObjectTypeDeclaration & { subgraph: string })[]> =>
  em.execute(
    `select type, subgraph, description, noun, read_permission as "readPermission", attributes
     from kernel.resource_type order by type`,
  );

export const readBuiltInPolicies = (em: EntityManager): Promise<BuiltInSource[]> =>
  em.execute(
    `select exempt, 'built-in:' || id as id, name, 1 as version, source as text from kernel.built_in_policy order by id`,
  );

/** What this version of the product declares. */
export const readDeclared = async (em: EntityManager): Promise<Declared> => ({
  permissions: await readPermissions(em),
  objectTypes: await readObjectTypes(em),
  builtIn: await readBuiltInPolicies(em),
});

/** What policies see of an object; null where the tenant has none. */
export async function readObject(em: EntityManager, { type, id }: ObjectRef): Promise<Record<string, unknown> | null> {
  const [row]: { object: Record<string, unknown> | null }[] = await em.execute(
    `select ${objectFunction(type)}(?::uuid) as object`,
    [id],
  );
  return row?.object ?? null;
}

interface PrincipalRow {
  readonly person: string | null;
  readonly email: string | null;
  readonly roles: string[];
  readonly groups: string[];
  readonly permissions: string[];
  readonly attributes: Principal['attributes'];
  readonly until: Date | string | null;
  readonly seesPermitted: boolean | null;
}

/** The principal as they stand by now; null for one who may not come in any more. */
export async function readPrincipal(
  em: EntityManager,
  who: Pick<Principal, 'kind' | 'id' | 'tenantId' | 'session'>,
  revision: number,
): Promise<Principal | null> {
  const [row]: PrincipalRow[] = await em.execute(
    `select found.*, access.settings ->> 'introspection' = 'PERMITTED' as "seesPermitted"
     from kernel.access_of(?, ?, ?) as found left join kernel.access on true`,
    [who.kind, who.id, who.session ?? null],
  );
  if (!row) return null;
  return {
    kind: who.kind,
    tenantId: who.tenantId,
    id: who.id,
    ...(row.person !== null && { person: row.person }),
    ...(row.email !== null && { email: row.email }),
    ...(who.session !== undefined && { session: who.session }),
    roles: row.roles,
    groups: row.groups,
    permissions: row.permissions,
    attributes: row.attributes,
    revision,
    ...(row.seesPermitted && { schema: 'PERMITTED' as const }),
    ...(row.until !== null && { until: new Date(row.until).getTime() }),
  };
}

/**
 * Takes the tenant's access for a change: nobody else changes roles, grants or policies of the tenant until the
 * transaction ends, and everybody resolves anew after it. Answers the new revision.
 */
export async function changeAccess(em: EntityManager, tenantId: TenantId): Promise<number> {
  const [row]: { revision: string | number }[] = await em.execute(
    'update kernel.access set revision = revision + 1 where tenant_id = ? returning revision',
    [tenantId],
  );
  if (!row) throw new CountersignError('NOT_FOUND', 'There is no such tenant.');
  markAccessChanged(tenantId);
  return Number(row.revision);
}
