import { connection, loadTogether, parsePage, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Action } from '../entities/action.ts';
import { Bundle } from '../entities/bundle.ts';
import type { BundleApprovals } from '../services/bundle-approvals.ts';
import type { BundleProposals } from '../services/bundle-proposals.ts';
import type { BundleReader } from '../services/bundle-reader.ts';
import type { BundleRuns } from '../services/bundle-runs.ts';
import type { JsonObject } from '../services/decision-log/index.ts';
import {
  ApproveBundleInput,
  ApproveBundlePayload,
  BundleConnection,
  type BundleStepInput,
  BundlesArgs,
  CancelBundleInput,
  CancelBundlePayload,
  ExecuteBundleInput,
  ExecuteBundlePayload,
  ProposeBundleInput,
  ProposeBundlePayload,
  RejectBundleInput,
  RejectBundlePayload,
  UndoBundleInput,
  UndoBundlePayload,
} from './bundle-types.ts';
import { parseOptions } from './proposal-options.ts';

export interface BundleServices {
  readonly bundleReader: BundleReader;
  readonly bundleProposals: BundleProposals;
  readonly bundleApprovals: BundleApprovals;
  readonly bundleRuns: BundleRuns;
}

@Resolver(() => Action)
export class BundleResolver {
  readonly #services: BundleServices;

  constructor(services: BundleServices) {
    this.#services = services;
  }

  @FieldResolver(() => Bundle, {
    nullable: true,
    description: 'The bundle whose step it is; null when it is none, or you may not see all of its steps.',
  })
  bundle(@Root() { bundleId }: Action, @Ctx() context: RequestContext): Promise<Bundle | null> {
    if (bundleId === null) return Promise.resolve(null);
    const { bundleReader } = this.#services;
    return loadTogether(context, 'bundle', bundleId, (ids) => bundleReader.many(context, ids));
  }

  @Query(() => Bundle, {
    name: 'bundle',
    nullable: true,
    description: 'A bundle; null when there is none, or none of which you may see all steps.',
  })
  one(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Bundle | null> {
    return this.#services.bundleReader.one(context, id);
  }

  @Query(() => BundleConnection, { description: 'Bundles of which you may see all steps, newest first.' })
  async bundles(@Args(() => BundlesArgs) args: BundlesArgs, @Ctx() context: RequestContext): Promise<BundleConnection> {
    const page = parsePage(args);
    const rows = await this.#services.bundleReader.page(context, page, args.statuses ?? null);
    return connection(rows, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @Mutation(() => ProposeBundlePayload, {
    nullable: true,
    description:
      'Proposes several calls of tools as one. Takes leave to propose with each of the tools; all steps are proposed, or none.',
  })
  proposeBundle(
    @Arg('input', () => ProposeBundleInput, { description: 'The bundle.' }) input: ProposeBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<ProposeBundlePayload> {
    const { title, steps, onFailure, idempotencyKey, evidence, workflow, surface } = input;
    return this.#answer(context, async () => {
      const options = parseOptions({ idempotencyKey, evidence, workflow, surface }, 'input');
      const draft = { title, onFailure, steps: steps.map(draftOf) };
      return this.#services.bundleProposals.propose(draft, options, context);
    });
  }

  @Mutation(() => ApproveBundlePayload, {
    nullable: true,
    description: 'Approves all steps of what someone else proposed as one.',
  })
  approveBundle(
    @Arg('input', () => ApproveBundleInput, { description: 'The decision.' }) input: ApproveBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<ApproveBundlePayload> {
    return this.#answer(context, () => this.#services.bundleApprovals.approve(decisionOf(input), context));
  }

  @Mutation(() => RejectBundlePayload, {
    nullable: true,
    description: 'Rejects what someone else proposed as one, or takes back what one proposed oneself.',
  })
  rejectBundle(
    @Arg('input', () => RejectBundleInput, { description: 'The decision.' }) input: RejectBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<RejectBundlePayload> {
    return this.#answer(context, () => this.#services.bundleApprovals.reject(decisionOf(input), context));
  }

  @Mutation(() => ExecuteBundlePayload, {
    nullable: true,
    description:
      'Executes the steps one after another, each once. Answers when it is over, has to wait, or after some seconds; the rest goes on by itself.',
  })
  executeBundle(
    @Arg('input', () => ExecuteBundleInput, { description: 'Which bundle.' }) { bundleId }: ExecuteBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<ExecuteBundlePayload> {
    return this.#answer(context, () => this.#services.bundleRuns.execute(bundleId, context));
  }

  @Mutation(() => CancelBundlePayload, {
    nullable: true,
    description:
      'Begins no further step of a running bundle; what was done stands or is taken back, as it was approved. Takes leave to execute it.',
  })
  cancelBundle(
    @Arg('input', () => CancelBundleInput, { description: 'Which bundle, and why.' }) input: CancelBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<CancelBundlePayload> {
    return this.#answer(context, () => this.#services.bundleRuns.cancel(input.bundleId, input.reason, context));
  }

  @Mutation(() => UndoBundlePayload, {
    nullable: true,
    description: 'Takes back all that was done of a bundle, the last step first.',
  })
  undoBundle(
    @Arg('input', () => UndoBundleInput, { description: 'Which bundle, and why.' }) input: UndoBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<UndoBundlePayload> {
    return this.#answer(context, () => this.#services.bundleRuns.undo(input.bundleId, input.reason, context));
  }

  /** What came of it, the bundle being shown as far as the caller may see it by now. */
  async #answer(context: RequestContext, work: () => Promise<Bundle>): Promise<ProposeBundlePayload> {
    const { bundle, userErrors } = await payload(async () => ({ bundle: await work() }));
    if (!bundle) return { bundle: null, userErrors };
    return { bundle: await this.#services.bundleReader.one(context, bundle.id), userErrors };
  }
}

export const draftOf = ({ key, tool, input, dependsOn }: BundleStepInput) => ({
  key,
  tool,
  // The scalar takes objects; a list is refused by the tool's schema.
  input: input as JsonObject,
  dependsOn: dependsOn ?? [],
});

const decisionOf = ({ bundleId, comment, planHash }: ApproveBundleInput) => ({
  bundleId,
  comment: comment ?? null,
  planHash: planHash ?? null,
});
