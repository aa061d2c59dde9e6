import {
  type Access,
  type Database,
  type EntityManager,
  type GraphClient,
  newId,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { Action } from '../entities/action.ts';
import { Evidence } from '../entities/evidence.ts';
import type { Preview } from '../entities/plan.ts';
import { type Amount, amountOf } from './amount-of.ts';
import { heedRefusal } from './autonomy-watch.ts';
import type { Lane } from './calls/fair-queue.ts';
import type { Crash } from './crash-points.ts';
import type { JsonObject } from './decision-log/index.ts';
import { type CitedPassage, type EvidenceRequest, readEvidence } from './evidence.ts';
import { askedOf, insistRoom } from './gate-keeper.ts';
import { requestFingerprint } from './lifecycle/index.ts';
import { withRelations } from './load-actions.ts';
import { type CallRecord, type LogWriter, publishCalls } from './log-writer.ts';
import { draftAction, type StepPlace } from './new-action.ts';
import { decideProposal } from './policies.ts';
import { checkedInput, configOf, isRefusedForInput, type PreviewRequest, type Previews } from './previews.ts';
import { assertStorable } from './storable.ts';
import { type KnownTool, measured } from './tool-catalogue.ts';
import { VisibleActions } from './visible-actions.ts';

export interface ProposalOptions {
  readonly idempotencyKey: string | null;
  readonly evidence: readonly EvidenceRequest[];
  readonly workflow: string | null;
  readonly surface: string | null;
  readonly lane?: Lane;
}

/** What was asked for, previewed: ready to be decided on and stored. */
export interface Plan {
  readonly id: string;
  readonly tool: KnownTool;
  readonly input: JsonObject;
  readonly fingerprint: string;
  readonly evidence: readonly CitedPassage[];
  readonly preview: Preview;
  readonly money: Amount;
  readonly idempotencyKey: string | null;
  readonly lane?: Lane;
  readonly calls: readonly CallRecord[];
  /** Its place in a bundle. */
  readonly step?: StepPlace;
}

/** What is asked for, before anybody has looked at it. */
type PlanRequest = Omit<PreviewRequest, 'tenantId' | 'input'> & { readonly input: JsonObject };

export interface ProposalParts {
  readonly database: Database;
  readonly access: Access;
  readonly graph: GraphClient;
  readonly log: LogWriter;
  readonly previews: Previews;
  readonly crash: Crash;
}

/** Turns a call of a tool into an action: validated, backed by evidence, previewed and decided on; nothing is done yet. */
export class Proposals {
  readonly #parts: ProposalParts;

  constructor(parts: ProposalParts) {
    this.#parts = parts;
  }

  /**
   * Proposes. Under an idempotency key the same input is answered with the same action, and what was refused did not
   * use the key up. Refuses with `IDEMPOTENCY_CONFLICT`, `CONNECTOR_NOT_CONFIGURED`, `INVALID_INPUT`,
   * `AMOUNT_INVALID`, `LIMIT_EXCEEDED`, `EVIDENCE_NOT_FOUND`, `EVIDENCE_MARKER_UNKNOWN`, `OTHER_SIDE_UNAVAILABLE`, and with what the tool
   * refuses. Throws `FORBIDDEN` for who may not propose it by the time at which it is stored.
   */
  async propose(tool: KnownTool, input: JsonObject, options: ProposalOptions, caller: RequestContext): Promise<Action> {
    const { workflow, surface, idempotencyKey, lane } = options;
    const context = { ...caller, workflow: workflow ?? caller.workflow, surface: surface ?? caller.surface };
    assertStorable(input, ['input']);
    assertStorable(options, ['options']);
    const fingerprint = requestFingerprint({ tool: tool.name, version: tool.connector.manifest.version, input });
    const known = await this.#underKey(idempotencyKey, fingerprint, context);
    if (known) return known;

    const config = await this.#configOf(tool, context);
    const id = newId();
    const planned = await this.#plan({ idempotencyKey: id, tool, config, input, lane }, options, context).catch(
      (error: unknown) => this.#refused(error, tool, context),
    );
    return this.#store({ id, tool, fingerprint, idempotencyKey, lane, ...planned }, context);
  }

  /** What it would do, as far as the tool takes the input. */
  async #plan(request: PlanRequest, options: ProposalOptions, context: RequestContext) {
    const { tool, input: given } = request;
    const input = checkedInput(tool, given);
    const money = amountOf(tool.manifest, input);
    const evidence = await readEvidence(this.#parts.graph, options.evidence, context);
    const { preview, calls } = await this.#parts.previews.insist({ ...request, input }, context);
    return { input, money, evidence, preview, calls };
  }

  /** How often that happens says something of how well the tool is used: see autonomy. */
  async #refused(error: unknown, tool: KnownTool, context: RequestContext): Promise<never> {
    const { database, log } = this.#parts;
    if (isRefusedForInput(error)) {
      await database.withTenant(context.principal, (em) => heedRefusal(em, context, log, tool.name));
    }
    throw error;
  }

  #underKey(key: string | null, fingerprint: string, context: RequestContext): Promise<Action | null> {
    if (key === null) return Promise.resolve(null);
    const { database, access } = this.#parts;
    return database.read(context.principal, async (em) => {
      const known = await em.findOne(Action, { idempotencyKey: key });
      if (!known) return null;
      const { kind, id } = context.principal;
      const visible = await VisibleActions.to(context, em, access);
      const own = known.makerKind === kind && known.makerId === id;
      const shown = own || (await visible.among([known.id])).has(known.id);
      if (shown && known.fingerprint === fingerprint) {
        await withRelations(em, [known], (ids) => visible.among(ids));
        return known;
      }
      const message = `The idempotency key "${key}" was used for another request: take a new key for a new one.`;
      throw problem(
        'IDEMPOTENCY_CONFLICT',
        message,
        ['options', 'idempotencyKey'],
        shown ? { actionId: known.id } : {},
      );
    });
  }

  #configOf({ connector }: KnownTool, { principal }: RequestContext): Promise<JsonObject> {
    return this.#parts.database.read(principal, (em) => configOf(em, connector.manifest.name));
  }

  async #store(plan: Plan, context: RequestContext): Promise<Action> {
    const { database, crash } = this.#parts;
    try {
      const action = await database.withTenant(context.principal, (em) => this.write(em, plan, context));
      crash('proposed');
      return action;
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // Someone proposed under the same key at the same time, and was first.
      const winner = await this.#underKey(plan.idempotencyKey, plan.fingerprint, context);
      if (winner) return winner;
      throw error;
    }
  }

  /**
   * Decides on a plan and stores it, in the caller's transaction. Refuses with `LIMIT_EXCEEDED`. Throws `FORBIDDEN` for who
   * may not propose it.
   */
  async write(em: EntityManager, plan: Plan, caller: RequestContext): Promise<Action> {
    const { access, log } = this.#parts;
    const { id, tool, evidence, step } = plan;
    const { tenantId } = caller.principal;
    const principal = await access.checkIn(em, caller, proposePermission(tool.name), { type: 'Tenant', id: tenantId });
    const context = { ...caller, principal };
    const asked = await askedOf(em, measured(tool));
    const policy = decideProposal(tool.manifest, asked);
    const draft = draftAction({ ...plan, policy, autonomy: asked.autonomy.level }, log.now(), context);
    await insistRoom(em, asked, draft, { now: log.now(), path: ['input'] });
    const action = em.create(Action, draft);
    em.persist(action);
    const { fingerprint, planHash: hash, toolVersion: version } = action;
    log.append(em, context, action, 'INPUT', {
      facts: { tool: tool.name, version, fingerprint, ...(step && { bundleId: step.bundleId, step: step.key }) },
      values: { input: plan.input },
    });
    if (evidence.length > 0) {
      const citations = evidence.map(({ quote: _quote, ...reference }) => reference);
      const quotes = evidence.map(({ quote }) => quote);
      log.append(em, context, action, 'EVIDENCE', { facts: { citations }, values: { quotes } });
    }
    log.append(em, context, action, 'PREVIEW', { facts: { planHash: hash }, values: { preview: plan.preview } });
    log.append(em, context, action, 'POLICY', { facts: { ...policy, planHash: hash, autonomy: action.autonomy } });
    await publishCalls(em, context, { actionId: id, tool: tool.name }, plan.calls);
    await publish(em, context, 'ActionProposed', { actionId: id, tool: tool.name, status: action.status });
    await em.flush();
    const cited = evidence.map((passage, ordinal) =>
      em.create(Evidence, { id: newId(), tenantId: action.tenantId, actionId: id, ordinal, ...passage }),
    );
    em.persist(cited);
    // All that can hang on it yet was made just now: nothing need be read.
    return Object.assign(action, { evidence: cited, approvals: [], undo: null, undoOf: null });
  }
}

/** `fhir.createServiceRequest` -> `tool:fhir.createServiceRequest:propose`. */
export const proposePermission = (tool: string): string => `tool:${tool}:propose`;
