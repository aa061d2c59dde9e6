import {
  CountersignError,
  connection,
  describePolicy,
  loadTogether,
  type Page,
  PageArgs,
  parsePage,
  payload,
  type RequestContext,
} from '@countersign/kernel';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  AccessPolicy,
  AccessPolicyClauseKind,
  AccessPolicyEffect,
  AccessPolicyStatement,
  type AccessPolicyVersion,
} from '../entities/access-policy.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import type { PolicyChanges } from '../services/changes/policy-changes.ts';
import type { Policies } from '../services/policies/policies.ts';
import type { VersionKey, VersionPage } from '../statements/policies.ts';
import {
  AccessPolicyConnection,
  AccessPolicyVersionConnection,
  PoliciesArgs,
  PublishPolicyInput,
  PublishPolicyPayload,
  RetirePolicyInput,
  RetirePolicyPayload,
} from './policy-types.ts';

/** Loads versions of policies, those of one operation together. */
export const versionLoader =
  (policies: Policies, context: RequestContext) =>
  (key: VersionKey): Promise<AccessPolicyVersion | null> =>
    loadTogether(context, 'AccessPolicyVersion', key, (keys: readonly VersionKey[]) =>
      policies.versions(context.principal, keys),
    );

@Resolver(() => AccessPolicy)
export class PolicyResolver {
  readonly #policies: Policies;
  readonly #changes: AccessChanges;
  readonly #kinds: PolicyChanges;

  constructor(parts: { policies: Policies; changes: AccessChanges; kinds: PolicyChanges }) {
    this.#policies = parts.policies;
    this.#changes = parts.changes;
    this.#kinds = parts.kinds;
  }

  @Query(() => AccessPolicyConnection, { description: "The tenant's policies about who may do what, by name." })
  async policies(
    @Args(() => PoliciesArgs) args: PoliciesArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<AccessPolicyConnection> {
    const page = parsePage(args);
    const name = positionIn(page, 'name', isText);
    const wanted = { name, includeRetired: args.includeRetired === true };
    const found = await this.#policies.listAfter(principal, wanted, page.first + 1);
    return connection(found, page, (node, cursor) => ({ node, cursor: cursor({ name: node.name }) }));
  }

  @Query(() => AccessPolicy, { nullable: true, description: 'A policy; null where there is none.' })
  policy(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<AccessPolicy | null> {
    return this.#policies.policy(principal, id);
  }

  @FieldResolver(() => String, { description: 'The text of its newest version, in Cedar.' })
  async source(@Root() { id, version }: AccessPolicy, @Ctx() context: RequestContext): Promise<string> {
    const found = await versionLoader(this.#policies, context)({ policyId: id, version });
    if (!found) throw new Error('A policy without its newest version.');
    return found.source;
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is in force.' })
  active(@Root() { retiredAt }: AccessPolicy): boolean {
    return retiredAt === null;
  }

  @FieldResolver(() => [AccessPolicyStatement], {
    nullable: true,
    description:
      'What its newest version says, statement by statement; null where it cannot be read any more: then it refuses.',
  })
  async statements(
    @Root() policy: AccessPolicy,
    @Ctx() context: RequestContext,
  ): Promise<AccessPolicyStatement[] | null> {
    return statementsOf(await this.source(policy, context));
  }

  @FieldResolver(() => AccessPolicyVersionConnection, { description: 'All its versions, the newest first.' })
  async versions(
    @Root() { id: policyId }: AccessPolicy,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<AccessPolicyVersionConnection> {
    const page = parsePage(args);
    const before = positionIn(page, 'version', isVersion) ?? null;
    const key: VersionPage = { policyId, limit: page.first + 1, before };
    const load = (pages: readonly VersionPage[]) => this.#policies.versionPages(context.principal, pages);
    const found = (await loadTogether(context, 'AccessPolicy.versions', key, load)) ?? [];
    return connection(found, page, (node, cursor) => ({ node, cursor: cursor({ version: node.version }) }));
  }

  @Mutation(() => PublishPolicyPayload, {
    nullable: true,
    description: 'Puts a policy in force: a new one, or the next version of one.',
  })
  publishPolicy(
    @Arg('input', () => PublishPolicyInput, { description: 'The policy.' }) input: PublishPolicyInput,
    @Ctx() context: RequestContext,
  ): Promise<PublishPolicyPayload> {
    return payload(async () => {
      const { name, source, note = null, reason = null, requireNoNewDenials } = input;
      const since = requireNoNewDenials?.since.toISOString();
      const draft = { name, source, note, reason, requireNoNewDenials: since === undefined ? null : { since } };
      const { result: policy, waiting } = await this.#changes.make(this.#kinds.publishPolicy, draft, context);
      return { policy, waiting };
    });
  }

  @Mutation(() => RetirePolicyPayload, {
    nullable: true,
    description: 'Takes a policy out of force. Publishing it again brings it back.',
  })
  retirePolicy(
    @Arg('input', () => RetirePolicyInput, { description: 'Which policy.' }) { id, reason }: RetirePolicyInput,
    @Ctx() context: RequestContext,
  ): Promise<RetirePolicyPayload> {
    return payload(async () => {
      const retirement = { id, reason: reason ?? null };
      const { result: policy, waiting } = await this.#changes.make(this.#kinds.retirePolicy, retirement, context);
      return { policy, waiting };
    });
  }
}

/** What an older version of the engine took may be more than this one can read. */
function statementsOf(source: string): AccessPolicyStatement[] | null {
  try {
    return describePolicy(source).map(({ effect, permissions, resourceType, clauses, attributes }) => ({
      effect: effect === 'permit' ? AccessPolicyEffect.PERMIT : AccessPolicyEffect.FORBID,
      permissions,
      objectType: resourceType,
      clauses: clauses.map(({ kind, text }) => ({
        kind: kind === 'when' ? AccessPolicyClauseKind.WHEN : AccessPolicyClauseKind.UNLESS,
        text,
      })),
      attributes,
    }));
  } catch {
    return null;
  }
}

/** Where the page begins. Throws `BAD_REQUEST` for a cursor of another list. */
function positionIn<T>({ after }: Page, name: string, is: (value: unknown) => value is T): T | undefined {
  if (after === undefined) return undefined;
  const position = after[name];
  if (is(position)) return position;
  throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list.');
}

const isText = (value: unknown): value is string => typeof value === 'string';
/** What PostgreSQL takes for an integer. */
const isVersion = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
