import {
  type Access,
  type Database,
  type EntityManager,
  type EventOrigin,
  newId,
  problem,
  publish,
  UserProblem,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { PolicyDecision, type Preview } from '../entities/plan.ts';
import { refTo } from '../proposed-action.ts';
import { type AsStep, type Attempt, undoOf } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { heedReversal } from './autonomy-watch.ts';
import type { Health } from './calls/breaker.ts';
import type { Breakers } from './calls/breakers.ts';
import { refusedBy, refuseLeftAlone } from './calls/held-back.ts';
import type { Crash } from './crash-points.ts';
import type { Executions } from './executions.ts';
import { type Asked, askedOf, insistOpen } from './gate-keeper.ts';
import { mayUndo, requestFingerprint, type StandsAt, transition } from './lifecycle/index.ts';
import { loadAction, lockWithUndone } from './load-actions.ts';
import { type CallRecord, type LogWriter, publishCalls } from './log-writer.ts';
import { insist, move } from './move.ts';
import { draftAction } from './new-action.ts';
import { insistUndoAlone } from './part-of-bundle.ts';
import { decideUndo } from './policies.ts';
import { configOf } from './previews.ts';
import { checkReason } from './reason.ts';
import type { Settlement } from './settlement.ts';
import { insistNotSuspended } from './suspensions.ts';
import { ask, asPreview, type CallTool, callerCode } from './tool-calls.ts';
import type { KnownTool, ToolCatalogue } from './tool-catalogue.ts';

export interface UndoParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly log: LogWriter;
  readonly attempts: Attempts;
  readonly executions: Executions;
  readonly breakers: Breakers;
  readonly settlement: Settlement;
  readonly call: CallTool;
  readonly callTimeoutMs: number;
  readonly crash: Crash;
}

/** Takes back what was done, by an action of its own, linked both ways; the first one's state follows it. */
export class Undos {
  readonly #parts: UndoParts;

  constructor(parts: UndoParts) {
    this.#parts = parts;
  }

  /**
   * Undoes, and answers the first action. An undo that is under way is waited for, and one that got stuck is taken up.
   * Throws `NOT_FOUND`, and `FORBIDDEN` for who may not by then; refuses with `REASON_REQUIRED`, `ALREADY_UNDONE`, `ILLEGAL_TRANSITION`, `NOT_REVERSIBLE`,
   * `UNDO_OF_UNDO`, `OTHER_SIDE_UNAVAILABLE` while its tool is left alone, and with what the tool refuses.
   */
  async undo(actionId: string, reason: string, context: EventOrigin, as?: AsStep): Promise<Action> {
    const because = checkReason(reason);
    const action = await this.#load(actionId, context);
    // An undo is not kept waiting: whoever asks for it is told, and nothing has begun.
    const refuse = (health: Health) => refuseLeftAlone(action.tool, health);
    if (action.status === 'UNDOING') await this.#goOn(action, context, as);
    else await this.#parts.breakers.whenWell(action, () => this.#undoNow(action, { because, as }, context), refuse);
    return this.#load(actionId, context);
  }

  #load(actionId: string, { principal }: EventOrigin): Promise<Action> {
    return this.#parts.database.read(principal, (em) => loadAction(em, actionId));
  }

  /** An undo that is under way already; one that somebody has to approve first stays with them. */
  async #goOn({ status, undo }: Action, context: EventOrigin, as: AsStep | undefined): Promise<void> {
    if (status !== 'UNDOING' || !undo || undo.status === 'AWAITING_APPROVAL') return;
    await this.#parts.executions.execute(undo.id, context, as);
  }

  /** Begins one, and carries it out; goes on with one that somebody else was faster to begin. */
  async #undoNow(
    action: Action,
    { because: reason, as }: { because: string; as: AsStep | undefined },
    context: EventOrigin,
  ): Promise<void> {
    const { database, attempts, catalogue } = this.#parts;
    assertUndoable(action, this.#parts.log.now(), null);
    const tool = catalogue.insistTool(action.tool);
    const { preview, calls } = await this.#preview(tool, action, reason, context);
    const attempt = await database.withTenant(context.principal, (em) =>
      this.#begin(em, { actionId: action.id, tool, reason, preview, calls, as }, context),
    );
    if (attempt) await attempts.carryOut(attempt, context);
    else await this.#goOn(await this.#load(action.id, context), context, as);
  }

  async #preview(
    tool: KnownTool,
    action: Action,
    reason: string,
    context: EventOrigin,
  ): Promise<{ preview: Preview; calls: readonly CallRecord[] }> {
    if (!tool.manifest.operations.includes('compensatePreview'))
      return { preview: reversed(action.preview), calls: [] };
    const { database, call, callTimeoutMs: timeoutMs } = this.#parts;
    const { principal } = context;
    const config = await database.read(principal, (em) => configOf(em, tool.connector.manifest.name));
    const request = { tool, tenantId: principal.tenantId, config, idempotencyKey: action.id, timeoutMs };
    const payload = undoOf(action, reason);
    const answer = await ask(call, { ...request, operation: 'compensatePreview', payload });
    const [refused] = answer.ok ? (answer.result.userErrors ?? []) : answer.error.problems;
    if (answer.ok && !refused) return { preview: asPreview(answer.result), calls: [answer.record] };
    await database.withTenant(principal, (em) =>
      publishCalls(em, context, { actionId: action.id, tool: tool.name }, [answer.record]),
    );
    const { code = 'CONNECTOR_FAULT', message = 'The tool gave no preview of the undo.', params } = refused ?? {};
    const error = {
      code: callerCode(code),
      message,
      path: ['input', 'actionId'],
      params: params ? { ...params } : null,
    };
    throw answer.ok ? new UserProblem(error) : refusedBy(answer.error, error);
  }

  async #begin(
    em: EntityManager,
    plan: {
      actionId: string;
      tool: KnownTool;
      reason: string;
      preview: Preview;
      calls: readonly CallRecord[];
      as: AsStep | undefined;
    },
    caller: EventOrigin,
  ): Promise<Attempt | null> {
    const { access, log, attempts, settlement, crash } = this.#parts;
    const { action: first } = await lockWithUndone(em, plan.actionId);
    const may = () => access.checkIn(em, caller, 'actions:action:undo', refTo(first.id));
    const principal = plan.as ? caller.principal : await may();
    if (!plan.as) await insistUndoAlone(em, first);
    await insistNotSuspended(em, plan.tool.name);
    const context = { ...caller, principal };
    if (first.status === 'UNDOING') return null;
    const asked = await askedOf(em, { ...first, undoOfId: first.id });
    assertUndoable(first, log.now(), asked.undoWithin);
    // What takes back a bundle was approved with it.
    const policy = decideUndo(plan.as ? { ...asked, demands: [] } : asked);
    const atOnce = policy.decision === PolicyDecision.PERMIT;
    if (atOnce && !plan.as) insistOpen(asked, log.now());
    // Only what is done can be undone, and where that is the transition has just been found to be possible.
    first.stoodAt = first.status as StandsAt;
    move(first, { type: 'BEGIN_UNDO' });
    const id = newId();
    const { tool, reason, preview } = plan;
    const input = { undoOf: first.id, reason };
    const fingerprint = requestFingerprint({ tool: tool.name, version: tool.connector.manifest.version, input });
    const draft = {
      id,
      tool,
      input,
      fingerprint,
      preview,
      policy,
      money: first,
      idempotencyKey: null,
      undoOfId: first.id,
    };
    const undo = em.create(Action, draftAction(draft, log.now(), context));
    em.persist(undo);
    await em.flush();
    first.undoId = id;
    log.append(em, context, first, 'UNDO', { facts: { undoId: id, undo: undo.status, status: first.status } });
    const facts = { tool: undo.tool, version: undo.toolVersion, undoOf: first.id };
    log.append(em, context, undo, 'INPUT', { facts, values: { reason } });
    log.append(em, context, undo, 'PREVIEW', { facts: { planHash: undo.planHash }, values: { preview } });
    log.append(em, context, undo, 'POLICY', { facts: { ...undo.policy, planHash: undo.planHash } });
    await publishCalls(em, context, { actionId: id, tool: undo.tool }, plan.calls);
    await publish(em, context, 'ActionProposed', { actionId: id, tool: undo.tool, status: undo.status });
    await heedReversal(em, context, log, first);
    if (!atOnce) return null;
    move(undo, { type: 'START' });
    const attempt = await attempts.take(em, { action: undo, undone: first }, { intended: true, again: true });
    settlement.intend(em, context, undo);
    crash('undoBeginning');
    return attempt;
  }
}

function assertUndoable(action: Action, now: Date, gate: Asked['undoWithin']): void {
  if (action.status === 'UNDONE') {
    const message = `The action was undone already, by ${action.undoId}.`;
    throw problem('ALREADY_UNDONE', message, ['input', 'actionId'], { undoId: action.undoId });
  }
  const taken = transition(action.status, { type: 'BEGIN_UNDO' });
  if (!taken.ok) {
    const params = { status: action.status, possible: taken.possible };
    throw problem(taken.code, taken.message, ['input', 'actionId'], params);
  }
  const { reversible, undoOfId, undoableUntil } = action;
  insist(mayUndo({ now, reversible, isUndo: undoOfId !== null, undoableUntil: earliest(undoableUntil, action, gate) }));
}

/** The tool says until when, and gates may ask for less. */
function earliest(byTool: Date | null, { doneAt }: Action, gate: Asked['undoWithin']): Date | null {
  if (gate === null || doneAt === null) return byTool;
  const byGate = new Date(doneAt.getTime() + gate.ms);
  return byTool === null || byGate < byTool ? byGate : byTool;
}

/** What undoing changes where the tool does not say itself: everything back. */
const reversed = ({ summary, changes }: Preview): Preview => ({
  summary: `Take back: ${summary}`,
  changes: changes.map(({ path, before, after }) => ({ path, before: after, after: before })),
});
