import type { RequestContext } from '@countersign/kernel';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { AccessPolicyVersion } from '../entities/access-policy.ts';
import type { Policies } from '../services/policies/policies.ts';
import { sourceDiff } from '../services/policies/source-diff.ts';
import { versionLoader } from './policy.resolver.ts';

@Resolver(() => AccessPolicyVersion)
export class PolicyVersionResolver {
  readonly #policies: Policies;

  constructor(policies: Policies) {
    this.#policies = policies;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'From the version before it, as a unified diff; null for the first one.',
  })
  async diff(
    @Root() { policyId, version, source }: AccessPolicyVersion,
    @Ctx() context: RequestContext,
  ): Promise<string | null> {
    if (version === 1) return null;
    const before = await versionLoader(this.#policies, context)({ policyId, version: version - 1 });
    const named = (number: number, text: string) => ({ name: `version ${number}`, source: text });
    return sourceDiff(named(version - 1, before?.source ?? ''), named(version, source));
  }
}
