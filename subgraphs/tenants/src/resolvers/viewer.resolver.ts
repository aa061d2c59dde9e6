import { inOrder, loadTogether, type RequestContext } from '@countersign/kernel';
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
  async tenant(@Root() user: User, @Ctx() context: RequestContext): Promise<Tenant> {
    const tenant = await loadTogether(context, 'User.tenant', user.tenantId, async (ids) => {
      const own = await this.#directory.tenant(context.principal);
      return inOrder(ids, own ? [own] : []);
    });
    if (!tenant) throw new Error('A user of an unknown tenant.');
    return tenant;
  }

  @FieldResolver(() => [Role], { description: 'The roles that the person holds.' })
  async roles(@Root() user: User, @Ctx() context: RequestContext): Promise<Role[]> {
    const load = (ids: readonly string[]) => this.#directory.rolesOf(context.principal, ids);
    return (await loadTogether(context, 'User.roles', user.id, load)) ?? [];
  }

  @FieldResolver(() => [String], { description: 'All permission patterns that the roles add up to, sorted.' })
  async permissions(@Root() user: User, @Ctx() context: RequestContext): Promise<string[]> {
    const roles = await this.roles(user, context);
    return [...new Set(roles.flatMap((role) => role.permissions))].sort();
  }
}
