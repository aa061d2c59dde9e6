import {
  type Access,
  type Database,
  type EntityManager,
  type GraphClient,
  newId,
  problem,
  type RequestContext,
} from '@countersign/kernel';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Action } from '../entities/action.ts';
import { Bundle } from '../entities/bundle.ts';
import { type CheckedStep, checkedSteps, type StepDraft, throwAt } from './bundle-drafts.ts';
import { recordBundle } from './bundle-log.ts';
import type { BundleReader } from './bundle-reader.ts';
import { bundlePlanHash, type OnFailure, previewInWords } from './bundles/index.ts';
import { type Digest, digestOf, type JsonObject } from './decision-log/index.ts';
import { readEvidence } from './evidence.ts';
import { planTtlMs } from './expiry.ts';
import { requestFingerprint } from './lifecycle/index.ts';
import { withSteps } from './load-bundles.ts';
import type { LogWriter } from './log-writer.ts';
import { move } from './move.ts';
import { configOf, type Previews } from './previews.ts';
import { type Plan, type ProposalOptions, type Proposals, proposePermission } from './proposals.ts';
import { assertStorable } from './storable.ts';
import type { KnownTool, ToolCatalogue } from './tool-catalogue.ts';

export interface BundleDraft {
  readonly title: string;
  readonly steps: readonly StepDraft[];
  readonly onFailure: OnFailure;
}

export interface BundleProposalParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly graph: GraphClient;
  readonly log: LogWriter;
  readonly previews: Previews;
  readonly proposals: Proposals;
  readonly reader: BundleReader;
}

const longestTitle = 200;

/** Turns calls of tools that belong together into one bundle: all of its steps are proposed, or none is. */
export class BundleProposals {
  readonly #parts: BundleProposalParts;

  constructor(parts: BundleProposalParts) {
    this.#parts = parts;
  }

  /**
   * Proposes. Under an idempotency key the same request is answered with the same bundle. Refuses with `TITLE_INVALID`,
   * what `checkedSteps` refuses, and what a proposal of any of its steps is refused with. Throws `FORBIDDEN` for who may not
   * propose with all of its tools.
   */
  async propose(draft: BundleDraft, options: ProposalOptions, caller: RequestContext): Promise<Bundle> {
    const { workflow, surface, idempotencyKey } = options;
    const context = { ...caller, workflow: workflow ?? caller.workflow, surface: surface ?? caller.surface };
    assertStorable(draft, ['input']);
    assertStorable(options, ['options']);
    const title = checkTitle(draft.title);
    const steps = checkedSteps(this.#parts.catalogue, draft.steps);
    const fingerprint = fingerprintOf(draft, steps);
    const known = await this.#underKey(idempotencyKey, fingerprint, context);
    if (known) return known;
    const plans = await this.#plans(steps, options, context);
    const { onFailure } = draft;
    const bundle = { title, onFailure, steps, plans, idempotencyKey, fingerprint };
    try {
      return await this.#parts.database.withTenant(context.principal, (em) => this.#write(em, bundle, context));
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // Someone proposed under the same key at the same time, and was first.
      const winner = await this.#underKey(idempotencyKey, fingerprint, context);
      if (winner) return winner;
      throw error;
    }
  }

  async #underKey(key: string | null, fingerprint: string, context: RequestContext): Promise<Bundle | null> {
    if (key === null) return null;
    const { database, reader } = this.#parts;
    const { principal } = context;
    const known = await database.read(principal, (em) => em.findOne(Bundle, { idempotencyKey: key }));
    if (!known) return null;
    const shown = await reader.one(context, known.id);
    if (shown && known.fingerprint === fingerprint) return shown;
    const message = `The idempotency key "${key}" was used for another request: take a new key for a new one.`;
    const params = shown ? { bundleId: known.id } : {};
    throw problem('IDEMPOTENCY_CONFLICT', message, ['options', 'idempotencyKey'], params);
  }

  /** What each step would do, asked of the tools; of a step that takes from others it is said in words. */
  async #plans(
    steps: readonly CheckedStep[],
    options: ProposalOptions,
    context: RequestContext,
  ): Promise<readonly Plan[]> {
    const configs = await leaveToPropose(
      this.#parts,
      steps.map(({ tool }) => tool),
      context,
    );
    const evidence = await readEvidence(this.#parts.graph, options.evidence, context);
    const plans: Plan[] = [];
    for (const { tool, input, references, money, index } of steps) {
      const id = newId();
      const config = configs.get(tool.connector.manifest.name) ?? {};
      const { preview, calls } =
        references.length > 0
          ? { preview: previewInWords(tool.manifest.title, references), calls: [] }
          : await this.#parts.previews
              .insist({ idempotencyKey: id, tool, config, input }, context)
              .catch(throwAt(index));
      const fingerprint = requestFingerprint({ tool: tool.name, version: tool.connector.manifest.version, input });
      plans.push({ id, tool, input, fingerprint, evidence, preview, money, calls, idempotencyKey: null });
    }
    return plans;
  }

  async #write(
    em: EntityManager,
    planned: {
      readonly title: string;
      readonly onFailure: OnFailure;
      readonly steps: readonly CheckedStep[];
      readonly plans: readonly Plan[];
      readonly idempotencyKey: string | null;
      readonly fingerprint: string;
    },
    context: RequestContext,
  ): Promise<Bundle> {
    const { log, proposals } = this.#parts;
    const { title, onFailure, steps, plans, idempotencyKey, fingerprint } = planned;
    const bundle = em.create(Bundle, {
      id: newId(),
      title,
      onFailure,
      idempotencyKey,
      fingerprint,
      ...asNew(log.now(), context),
    });
    em.persist(bundle);
    await em.flush();
    const actions: Action[] = [];
    for (const [ordinal, { key, after, references, index }] of steps.entries()) {
      const plan = plans[ordinal];
      if (!plan) throw new Error(`The step ${key} has no plan.`);
      const step = { bundleId: bundle.id, key, ordinal, after, takesFromOthers: references.length > 0 };
      actions.push(await proposals.write(em, { ...plan, step }, context).catch(throwAt(index)));
    }
    settle(bundle, actions);
    bundle.planHash = bundlePlanHash({
      onFailure,
      steps: actions.map(({ planHash }, place) => ({ ...stepAt(steps, place), planHash })),
    });
    const facts = { onFailure, steps: actions.map(({ stepKey, planHash }) => ({ key: stepKey, planHash })) };
    await recordBundle(em, log, context, bundle, { state: 'PROPOSED', facts, values: { title } });
    await em.flush();
    await withSteps(em, [bundle]);
    return bundle;
  }
}

/**
 * The configurations of the connectors, by name, for who may propose with all of the tools. Throws `FORBIDDEN`; refuses with
 * `CONNECTOR_NOT_CONFIGURED`.
 */
export function leaveToPropose(
  { database, access }: { readonly database: Database; readonly access: Access },
  tools: readonly KnownTool[],
  context: RequestContext,
): Promise<ReadonlyMap<string, JsonObject>> {
  const { tenantId } = context.principal;
  const names = new Set(tools.map(({ name }) => name));
  const connectors = new Set(tools.map(({ connector }) => connector.manifest.name));
  return database.read(context.principal, async (em) => {
    for (const name of names)
      await access.checkIn(em, context, proposePermission(name), { type: 'Tenant', id: tenantId });
    const configs = new Map<string, JsonObject>();
    for (const connector of connectors) configs.set(connector, await configOf(em, connector));
    return configs;
  });
}

/** Where it stands by what the policies decided about its steps: all of them go, or none does. */
function settle(bundle: Bundle, actions: readonly Action[]): void {
  const denied = actions.some(({ status }) => status === 'DENIED');
  if (denied) for (const action of actions) if (action.status !== 'DENIED') move(action, { type: 'WITHDRAW' });
  const approved = actions.every(({ status }) => status === 'APPROVED');
  bundle.status = denied ? 'DENIED' : approved ? 'APPROVED' : 'AWAITING_APPROVAL';
  const ends = actions.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt.getTime()] : []));
  bundle.expiresAt = new Date(Math.min(bundle.expiresAt.getTime(), ...ends));
}

const asNew = (now: Date, { principal, workflow, surface, correlationId }: RequestContext) => ({
  tenantId: principal.tenantId,
  status: 'AWAITING_APPROVAL' as const,
  planHash: '',
  makerKind: principal.kind,
  makerId: principal.id,
  failedStep: null,
  failureCode: null,
  cancelledBecause: null,
  undoneBecause: null,
  leftOver: [],
  waiting: null,
  leaseOwner: null,
  leaseUntil: null,
  fence: 0,
  checks: 0,
  workflow: workflow ?? null,
  surface: surface ?? null,
  correlationId,
  expiresAt: new Date(now.getTime() + planTtlMs),
  createdAt: now,
  updatedAt: now,
});

const stepAt = (steps: readonly CheckedStep[], place: number) => {
  const { key = '', after = [] } = steps[place] ?? {};
  return { key, after };
};

const fingerprintOf = ({ title, onFailure }: BundleDraft, steps: readonly CheckedStep[]): Digest =>
  digestOf('countersign.bundle.request', {
    title: title.trim(),
    onFailure,
    steps: steps.map(({ key, tool, input, after }) => ({
      key,
      tool: tool.name,
      version: tool.connector.manifest.version,
      input,
      after: [...after],
    })),
  });

function checkTitle(title: string): string {
  const text = title.trim();
  if (text.length > 0 && text.length <= longestTitle) return text;
  const message = `A title has 1 to ${longestTitle} characters, not ${text.length}.`;
  throw problem('TITLE_INVALID', message, ['input', 'title'], { longest: longestTitle });
}
