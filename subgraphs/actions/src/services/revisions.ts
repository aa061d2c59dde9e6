import {
  type Access,
  type Database,
  type EntityManager,
  type Principal,
  personOf,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Policy, Preview } from '../entities/plan.ts';
import { type Amount, amountOf } from './amount-of.ts';
import type { Level } from './autonomy/index.ts';
import type { Crash } from './crash-points.ts';
import type { JsonObject } from './decision-log/index.ts';
import { editDistance } from './edit-distance.ts';
import { askedOf, insistRoom } from './gate-keeper.ts';
import { sameWho, transition } from './lifecycle/index.ts';
import { loadAction, lockAction, noSuchAction } from './load-actions.ts';
import { type CallRecord, type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { eventAfter, planOf } from './new-action.ts';
import { insistWithin } from './part-of-bundle.ts';
import { decideProposal } from './policies.ts';
import { checkedInput, configOf, isSamePreview, type Previews } from './previews.ts';
import { proposePermission } from './proposals.ts';
import { checkReason } from './reason.ts';
import { assertStorable } from './storable.ts';
import { type KnownTool, measured, type ToolCatalogue } from './tool-catalogue.ts';
import { VisibleActions } from './visible-actions.ts';

export interface Edit {
  readonly input: JsonObject;
  readonly reason: string;
}

interface NewPlan {
  readonly tool: KnownTool;
  readonly input: JsonObject;
  readonly money: Amount;
  readonly preview: Preview;
  readonly calls: readonly CallRecord[];
  /** Null where it is only looked at again. */
  readonly edit: Edit | null;
}

export interface RevisionParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly previews: Previews;
  readonly log: LogWriter;
  readonly crash: Crash;
}

/** Makes a new plan of an action that is not done yet: approvals of the old one hold for it no more. */
export class Revisions {
  readonly #parts: RevisionParts;

  constructor(parts: RevisionParts) {
    this.#parts = parts;
  }

  /**
   * Asks the tool again what it would do. Where that is what stands there already, nothing changes. Throws `NOT_FOUND`,
   * and `FORBIDDEN` for who may not propose with its tool; refuses with `ILLEGAL_TRANSITION`, and with what the tool
   * refuses.
   */
  previewAgain(actionId: string, context: RequestContext): Promise<Action> {
    return this.#planAnew(actionId, null, context);
  }

  /**
   * A person's edit: another input, previewed and decided on anew. Whoever makes it is a maker of the action from then
   * on. Refuses like `previewAgain`, and with `REASON_REQUIRED`, `INVALID_INPUT`, `AMOUNT_INVALID`, `INVALID_TEXT`.
   */
  revise(actionId: string, edit: Edit, context: RequestContext): Promise<Action> {
    assertStorable(edit.input, ['input', 'input']);
    return this.#planAnew(actionId, { ...edit, reason: checkReason(edit.reason) }, context);
  }

  async #planAnew(actionId: string, edit: Edit | null, context: RequestContext): Promise<Action> {
    const { database, previews } = this.#parts;
    const { action, tool, config } = await this.#find(actionId, context);
    insistWithin(action);
    assertReplannable(action);
    const input = edit ? checkedInput(tool, edit.input) : action.input;
    const money = amountOf(tool.manifest, input);
    const { preview, calls } = await previews.insist(
      { idempotencyKey: actionId, tool, config, input },
      context,
      actionId,
    );
    const plan = { tool, input, money, preview, calls, edit };
    const planned = await database.withTenant(context.principal, (em) => this.#write(em, { action, plan }, context));
    this.#parts.crash('revised');
    return planned;
  }

  /** The action, as far as the caller may see it, and what it takes to preview it. */
  #find(actionId: string, context: RequestContext) {
    const { database, access, catalogue } = this.#parts;
    return database.read(context.principal, async (em) => {
      const visible = await VisibleActions.to(context, em, access);
      if (!(await visible.among([actionId])).has(actionId)) throw noSuchAction();
      const action = await loadAction(em, actionId);
      const tool = catalogue.insistTool(action.tool);
      return { action, tool, config: await configOf(em, tool.connector.manifest.name) };
    });
  }

  async #write(
    em: EntityManager,
    { action: seen, plan }: { action: Action; plan: NewPlan },
    caller: RequestContext,
  ): Promise<Action> {
    const { access, log } = this.#parts;
    const { tenantId } = caller.principal;
    const { tool, input, preview, edit, calls } = plan;
    const principal = await access.checkIn(em, caller, proposePermission(tool.name), { type: 'Tenant', id: tenantId });
    const context = { ...caller, principal };
    const action = await lockAction(em, seen.id);
    assertReplannable(action);
    if (action.planHash !== seen.planHash) {
      const message = 'Somebody else has changed it in the meantime: look at it again.';
      throw problem('PLAN_CHANGED', message, ['input', 'actionId'], { planHash: action.planHash });
    }
    const about = { actionId: action.id, tool: tool.name };
    await publishCalls(em, context, about, calls);
    if (!edit && action.status !== 'STALE' && isAsPlanned(action, plan)) return loadAction(em, action.id);
    const from = action.planHash;
    const distance = edit ? editDistance(action.input, input) : null;
    const asked = await askedOf(em, measured(tool));
    await insistRoom(em, asked, { ...action, ...plan.money }, { now: log.now(), path: ['input', 'input'] });
    this.#replan(action, { ...plan, autonomy: asked.autonomy.level }, decideProposal(tool.manifest, asked));
    if (edit) addEditor(action, principal, distance);
    const { fingerprint, toolVersion: version, revision, planHash: hash, policy } = action;
    if (edit) {
      log.append(em, context, action, 'INPUT', {
        facts: { tool: tool.name, version, fingerprint, revision, replaces: from, editDistance: distance },
        values: { input, reason: edit.reason },
      });
    }
    log.append(em, context, action, 'PREVIEW', { facts: { planHash: hash, replaces: from }, values: { preview } });
    log.append(em, context, action, 'POLICY', { facts: { ...policy, planHash: hash, autonomy: action.autonomy } });
    await publish(em, context, 'ActionReplanned', { ...about, status: action.status, edited: edit !== null });
    await em.flush();
    return loadAction(em, action.id);
  }

  #replan(action: Action, plan: NewPlan & { autonomy: Level }, policy: Policy): void {
    if (action.status !== 'STALE') move(action, { type: 'PLAN_CHANGED' });
    move(action, { type: 'PREVIEW_AGAIN' });
    move(action, { type: eventAfter(policy.decision) });
    const revision = action.revision + 1;
    Object.assign(action, { ...planOf({ ...plan, policy }, this.#parts.log.now()), revision });
  }
}

const isAsPlanned = (action: Action, { tool, preview }: NewPlan): boolean =>
  tool.connector.manifest.version === action.toolVersion && isSamePreview(preview, action.preview);

/** Whoever changes a plan does not approve it either; the maker who does is its maker already. */
function addEditor(action: Action, { id, ...principal }: Principal, distance: number | null): void {
  const person = personOf({ id, ...principal });
  action.editDistance = distance;
  if (sameWho({ id: action.makerId, person: action.makerPerson }, { id, person: person ?? null })) return;
  action.editors = [...new Set([...action.editors, id, ...(person ? [person] : [])])].sort();
  if (person) action.editorPeople = [...new Set([...action.editorPeople, person])];
}

/** What is not begun, and not over. An undo is what it is. */
function assertReplannable({ status, undoOfId }: Action): void {
  const event = status === 'STALE' ? 'PREVIEW_AGAIN' : 'PLAN_CHANGED';
  const taken = transition(status, { type: event });
  if (!taken.ok || undoOfId !== null) {
    const message = taken.ok ? 'An undo is not planned anew: give it up, or try it again.' : taken.message;
    throw problem('ILLEGAL_TRANSITION', message, ['input', 'actionId'], { status });
  }
}
