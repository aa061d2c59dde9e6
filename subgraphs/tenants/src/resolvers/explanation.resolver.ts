import { connection, PageArgs, type PrincipalKind, parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { AccessPolicyEffect } from '../entities/access-policy.ts';
import type { EffectivePermissionsReader } from '../services/effective-permissions.ts';
import type { Explained } from '../services/explained.ts';
import type { Explanations } from '../services/explanations.ts';
import type { WhoCanReader } from '../services/who-can.ts';
import {
  AccessDecidedBy,
  AccessExplanation,
  AccessPrincipalKind,
  EffectivePermissions,
  ExplainAccessInput,
  WhoCanConnection,
} from './explanation-types.ts';
import { textIn } from './positions.ts';

@ArgsType()
export class WhoCanArgs extends PageArgs {
  @Field(() => String, { description: 'The permission, `subgraph:resource:verb`.' })
  permission!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The type of the object; the one that the permission is decided on unless told.',
  })
  objectType?: string;

  @Field(() => ID, { nullable: true, description: 'The object; without one, who holds the permission at all.' })
  objectId?: string;
}

@Resolver()
export class ExplanationResolver {
  readonly #explanations: Explanations;
  readonly #whoCan: WhoCanReader;
  readonly #effective: EffectivePermissionsReader;

  constructor(parts: { explanations: Explanations; whoCan: WhoCanReader; effective: EffectivePermissionsReader }) {
    this.#explanations = parts.explanations;
    this.#whoCan = parts.whoCan;
    this.#effective = parts.effective;
  }

  @Query(() => AccessExplanation, {
    nullable: true,
    description:
      'Why somebody may or may not do something, as everything stands now. About yourself, or about others with `tenants:access:explain`.',
  })
  async explainAccess(
    @Arg('input', () => ExplainAccessInput, { description: 'What is asked.' }) input: ExplainAccessInput,
    @Ctx() context: RequestContext,
  ): Promise<AccessExplanation> {
    const { principalId, principalKind } = input;
    const kind = kinds[principalKind ?? AccessPrincipalKind.USER];
    const whom = principalId == null ? null : { kind, id: principalId };
    const { decidedBy, policies, errors, lookedAt, roles, ...rest } = await this.#explanations.explain(
      whom,
      input,
      context,
    );
    return {
      ...rest,
      decidedBy: decidedByOf[decidedBy],
      roles: [...roles],
      policies: policies.map((policy) => ({ ...policy, effect: effects[policy.effect] })),
      errors: errors.map(({ name, version, message }) => ({ policy: name, version, message })),
      lookedAt: [...lookedAt],
    };
  }

  @Query(() => WhoCanConnection, {
    nullable: true,
    description: "Who of the tenant's people may do something, by name. Every page is full, or the last one.",
  })
  async whoCan(@Args(() => WhoCanArgs) args: WhoCanArgs, @Ctx() context: RequestContext): Promise<WhoCanConnection> {
    const page = parsePage(args);
    const { people, objectKnown } = await this.#whoCan.read(
      args,
      { after: textIn(page, 'person'), limit: page.first + 1 },
      context,
    );
    const found = connection(people, page, ({ user, why }, cursor) => ({
      node: user,
      cursor: cursor({ person: user.listPosition }),
      summary: why.summary,
      roles: [...why.roles],
    }));
    return { ...found, objectKnown };
  }

  @Query(() => EffectivePermissions, {
    nullable: true,
    description:
      "What somebody's roles and groups add up to. Your own, or that of others with `tenants:access:explain`.",
  })
  effectivePermissions(
    @Arg('userId', () => ID, { nullable: true, description: 'Whose; your own unless told.' }) userId: string | null,
    @Ctx() context: RequestContext,
  ): Promise<EffectivePermissions> {
    return this.#effective.read(userId ?? null, context);
  }
}

const kinds: Record<AccessPrincipalKind, PrincipalKind> = { USER: 'user', API_KEY: 'api_key', CONNECTOR: 'connector' };

const decidedByOf: Record<Explained['decidedBy'], AccessDecidedBy> = {
  rbac: AccessDecidedBy.ROLES,
  policy: AccessDecidedBy.POLICY,
  nothing: AccessDecidedBy.NOTHING,
  error: AccessDecidedBy.ERROR,
};

const effects = { permit: AccessPolicyEffect.PERMIT, forbid: AccessPolicyEffect.FORBID } as const;
