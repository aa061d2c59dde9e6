import { loadTogether, type RequestContext, type PermissionRisk as Risk } from '@countersign/kernel';
import { Ctx, Field, FieldResolver, ObjectType, Query, Resolver, Root, registerEnumType } from 'type-graphql';
import { Role } from '../entities/role.ts';
import type { PermissionCatalogue } from '../services/permission-catalogue.ts';

export enum PermissionRisk {
  LOW = 'LOW',
  MEDIUM = 'MEDIUM',
  HIGH = 'HIGH',
}

registerEnumType(PermissionRisk, {
  name: 'PermissionRisk',
  description: 'How much harm a permission does in the wrong hands.',
  valuesConfig: {
    LOW: { description: 'Little: it reads what many may read.' },
    MEDIUM: { description: 'Some: it changes what can be changed back, or reads what few may read.' },
    HIGH: { description: 'Much: it acts on the world outside, or says who may.' },
  },
});

@ObjectType({ description: 'Something that callers may be allowed to do.' })
export class Permission {
  @Field({ description: '`subgraph:resource:verb`.' })
  name!: string;

  @Field({ description: 'What it lets its holder do.' })
  description!: string;

  @Field({ description: 'The part of the product that declares it, and decides.' })
  subgraph!: string;

  @Field(() => PermissionRisk, { description: 'How much harm it does in the wrong hands.' })
  risk!: Risk;

  @Field(() => String, {
    nullable: true,
    description: 'The type of object that it is decided on, such as `Document`; null: the tenant as a whole.',
  })
  objectType?: string | null;
}

@ObjectType({ description: 'A permission that a role names and that nothing declares: it grants nothing.' })
export class OrphanedPermission {
  @Field(() => Role, { description: 'The role.' })
  role!: Role;

  @Field({ description: 'The pattern, as the role has it.' })
  permission!: string;
}

@Resolver(() => Permission)
export class PermissionCatalogResolver {
  readonly #catalogue: PermissionCatalogue;

  constructor(catalogue: PermissionCatalogue) {
    this.#catalogue = catalogue;
  }

  @Query(() => [Permission], {
    description: 'Every permission that the product and its tools know, by name, as they are registered now.',
  })
  async permissionCatalog(@Ctx() { principal }: RequestContext): Promise<Permission[]> {
    const permissions = await this.#catalogue.permissions(principal);
    return permissions.map(({ on, ...permission }) => ({ ...permission, objectType: on ?? null }));
  }

  @Query(() => [OrphanedPermission], {
    description: 'What roles name and nothing declares any more, or not yet, by role: it grants nothing.',
  })
  orphanedPermissions(@Ctx() { principal }: RequestContext): Promise<OrphanedPermission[]> {
    return this.#catalogue.orphaned(principal);
  }

  @FieldResolver(() => [Role], { description: 'The roles that hold it, also through roles in roles, by name.' })
  async roles(@Root() { name }: Permission, @Ctx() context: RequestContext): Promise<Role[]> {
    const load = (names: readonly string[]) => this.#catalogue.rolesHolding(context.principal, names);
    return (await loadTogether(context, 'Permission.roles', name, load)) ?? [];
  }
}
