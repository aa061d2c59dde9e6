import type { RequestContext } from '@countersign/kernel';
import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Role } from '../entities/role.ts';
import { Tenant } from '../entities/tenant.ts';
import { User } from '../entities/user.ts';
import type { Directory } from '../services/directory.ts';

@Resolver(() => User)
export class ViewerResolver {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  @Query(() => User, { nullable: true, description: 'The person who is asking; null for a machine.' })
  async viewer(@Ctx() { principal }: RequestContext): Promise<User | null> {
    return principal.kind === 'user' ? this.#directory.user(principal, principal.id) : null;
  }

  @FieldResolver(() => Tenant, { description: 'The organisation that the person belongs to.' })
  async tenant(@Ctx() { principal }: RequestContext): Promise<Tenant> {
    const tenant = await this.#directory.tenant(principal);
    if (!tenant) throw new Error('A principal of an unknown tenant.');
    return tenant;
  }

  @FieldResolver(() => [Role], { description: 'The roles that the person holds.' })
  roles(@Root() user: User, @Ctx() { principal }: RequestContext): Promise<Role[]> {
    return this.#directory.rolesOf(principal, user.id);
  }

  @FieldResolver(() => [String], { description: 'All permission patterns that the roles add up to, sorted.' })
  async permissions(@Root() user: User, @Ctx() { principal }: RequestContext): Promise<string[]> {
    const roles = await this.#directory.rolesOf(principal, user.id);
    return [...new Set(roles.flatMap((role) => role.permissions))].sort();
  }
}
