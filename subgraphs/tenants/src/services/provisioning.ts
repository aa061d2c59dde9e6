import {
  type AttributeDeclaration,
  type Attributes,
  type Database,
  type EntityManager,
  newId,
  publish,
  servicePrincipal,
} from '@countersign/kernel';
import { Assignment } from '../entities/assignment.ts';
import { Role } from '../entities/role.ts';
import { Tenant } from '../entities/tenant.ts';
import { User } from '../entities/user.ts';
import { builtInRoles } from './built-in-roles.ts';

export interface NewTenant {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** What policies may look at of people; the tenant's admins can change it later. */
  readonly attributeSchema?: readonly AttributeDeclaration[];
  readonly users: readonly {
    readonly email: string;
    readonly name: string;
    readonly role: string;
    readonly attributes?: Attributes;
  }[];
}

const endless = { groupId: null, expiresAt: null, reason: null, assignedBy: 'service:provisioning' } as const;

/**
 * Creates a tenant with the built-in roles and its first users, in one transaction, and tells the other subgraphs with
 * `TenantCreated`. Answers false, changing nothing, when it is there already.
 */
export async function provisionTenant(database: Database, tenant: NewTenant): Promise<boolean> {
  const principal = servicePrincipal(tenant.id, 'provisioning', []);
  return database.withTenant(principal, async (em) => {
    if ((await em.count(Tenant)) > 0) return false;
    em.persist(em.create(Tenant, { id: tenant.id, name: tenant.name, region: tenant.region, createdAt: new Date() }));
    await em.flush();
    await em.execute('insert into kernel.access (tenant_id, region, attributes) values (?, ?, ?::jsonb)', [
      tenant.id,
      tenant.region,
      JSON.stringify(tenant.attributeSchema ?? []),
    ]);
    const roles = createRoles(em, tenant.id);
    await em.flush();
    for (const { email, name, role, attributes = {} } of tenant.users) {
      const user = {
        id: newId(),
        tenantId: tenant.id,
        email,
        name,
        attributes: { ...attributes },
        active: true,
        createdAt: new Date(),
      };
      em.persist(em.create(User, user));
      const roleId = roles.get(role);
      if (!roleId) throw new Error(`There is no built-in role ${role}.`);
      await em.flush();
      em.persist(
        em.create(Assignment, {
          ...endless,
          since: new Date(),
          id: newId(),
          tenantId: tenant.id,
          userId: user.id,
          roleId,
        }),
      );
    }
    await em.flush();
    await publish(em, { principal, correlationId: newId() }, 'TenantCreated', {
      name: tenant.name,
      region: tenant.region,
    });
    return true;
  });
}

function createRoles(em: EntityManager, tenantId: string): Map<string, string> {
  return new Map(
    builtInRoles.map(({ name, description, permissions }) => {
      const id = newId();
      em.persist(em.create(Role, { id, tenantId, name, description, permissions: [...permissions], builtIn: true }));
      return [name, id];
    }),
  );
}
