import {
  type Access,
  type Database,
  type EntityManager,
  type EventOrigin,
  publish,
  type UserProblem,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import type { Preview } from '../entities/plan.ts';
import { refTo } from '../proposed-action.ts';
import type { AsStep } from './attempt.ts';
import { firstOf, outcomeOfFault } from './effects.ts';
import { lockAction } from './load-actions.ts';
import { type CallRecord, type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { insistWithin } from './part-of-bundle.ts';
import { configOf, isSamePreview, type PreviewRequest, type Previews } from './previews.ts';
import { insistNotSuspended } from './suspensions.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';

/** How a plan compares with what executing would do at this moment. */
export type Comparison = { readonly calls: readonly CallRecord[] } & (
  | { readonly kind: 'same' }
  /** The tool refuses by now, or would do something else. */
  | { readonly kind: 'changed'; readonly preview: Preview | null; readonly refusal: UserProblem | null }
  /** The other side does not answer: nothing is known. */
  | { readonly kind: 'unknown'; readonly refusal: UserProblem; readonly heldBack: boolean }
);

/** Sees to it that what is executed is what was previewed and approved. */
export class Drift {
  readonly #database: Database;
  readonly #access: Access;
  readonly #catalogue: ToolCatalogue;
  readonly #previews: Previews;
  readonly #log: LogWriter;

  constructor(parts: {
    database: Database;
    access: Access;
    catalogue: ToolCatalogue;
    previews: Previews;
    log: LogWriter;
  }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#catalogue = parts.catalogue;
    this.#previews = parts.previews;
    this.#log = parts.log;
  }

  /**
   * Looks again before an approved plan is begun. Where it no longer holds the action is STALE from then on. Answers
   * what it took to look, or null where it may not be begun. Throws `FORBIDDEN` for who may not begin it; refuses with
   * `SUSPENDED`, `OTHER_SIDE_UNAVAILABLE`; then nothing has changed.
   */
  async look(actionId: string, origin: EventOrigin, as?: AsStep): Promise<readonly CallRecord[] | null> {
    const { principal } = origin;
    const plan = await this.#database.read(principal, async (em) => {
      const action = await em.findOne(Action, { id: actionId });
      // What takes back was previewed in the same breath; what runs already is settled by asking what became of it.
      if (action?.status !== 'APPROVED' || action.undoOfId !== null) return null;
      // Who may not begin it does not have the other side asked either.
      if (!as) await this.#access.checkIn(em, origin, 'actions:action:execute', refTo(actionId));
      insistWithin(action, as);
      await insistNotSuspended(em, action.tool);
      const tool = this.#catalogue.tool(action.tool);
      if (!tool) return null;
      const config = await configOf(em, tool.connector.manifest.name);
      const { tenantId, input, lane } = action;
      return { action, request: { tool, tenantId, config, idempotencyKey: action.id, input, lane } };
    });
    if (!plan) return [];
    const found = await this.compare(plan.request, plan.action.preview);
    if (found.kind === 'same') return found.calls;
    const { id, tool } = plan.action;
    if (found.kind === 'unknown') {
      await this.#database.withTenant(principal, (em) => publishCalls(em, origin, { actionId: id, tool }, found.calls));
      throw found.refusal;
    }
    return this.#database.withTenant(principal, async (em) => {
      const locked = await lockAction(em, id);
      // Somebody else was faster: with another plan, or with this one.
      if (locked.status !== 'APPROVED' || locked.planHash !== plan.action.planHash) return found.calls;
      await publishCalls(em, origin, { actionId: id, tool }, found.calls);
      await this.markStale(em, locked, found, origin);
      return null;
    });
  }

  async compare(request: PreviewRequest, planned: Preview): Promise<Comparison> {
    const { calls, ...found } = await this.#previews.look(request);
    const { preview = null, refusal = null } = found;
    if (refusal?.errors.some(({ code }) => code === 'OTHER_SIDE_UNAVAILABLE'))
      return { kind: 'unknown', refusal, heldBack: 'heldBack' in found && found.heldBack === true, calls };
    if (preview && isSamePreview(preview, planned)) return { kind: 'same', calls };
    return { kind: 'changed', preview, refusal, calls };
  }

  /** A locked action whose plan does not hold any more: what would happen now is kept beside it. */
  async markStale(
    em: EntityManager,
    action: Action,
    { preview, refusal }: Pick<Extract<Comparison, { kind: 'changed' }>, 'preview' | 'refusal'>,
    origin: EventOrigin,
  ): Promise<void> {
    move(action, { type: 'PLAN_CHANGED' });
    action.drift = preview;
    action.outcome = refusal ? outcomeOfFault(firstOf(refusal)) : null;
    const { id: actionId, tool, planHash } = action;
    const facts = { planHash, errorCode: action.outcome?.errorCode ?? null };
    this.#log.append(em, origin, action, 'STALENESS', {
      facts,
      values: preview ? { preview } : { message: action.outcome?.errorMessage },
    });
    await publish(em, origin, 'ActionStale', { actionId, tool });
    await em.flush();
  }
}
