import {
  type Access,
  type Database,
  type EntityManager,
  newId,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import type { Preview } from '../entities/plan.ts';
import { refTo } from '../proposed-action.ts';
import { type Attempt, type Leave, undoOf } from './attempt.ts';
import type { Crash } from './crash-points.ts';
import type { Executions } from './executions.ts';
import { mayUndo, requestFingerprint, type StandsAt, transition } from './lifecycle/index.ts';
import { loadAction } from './load-actions.ts';
import { type CallRecord, type LogWriter, publishCalls } from './log-writer.ts';
import { insist, move } from './move.ts';
import { draftAction } from './new-action.ts';
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
  readonly executions: Executions;
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
   * `UNDO_OF_UNDO`, and with what the tool refuses.
   */
  async undo(actionId: string, reason: string, context: RequestContext): Promise<Action> {
    const because = checkReason(reason);
    const { database, executions } = this.#parts;
    const action = await database.read(context.principal, (em) => loadAction(em, actionId));
    const attempt = action.status === 'UNDOING' ? null : await this.#undoNow(action, because, context);
    if (attempt) await executions.carryOut(attempt, context);
    else await this.#goOn(actionId, context);
    return database.read(context.principal, (em) => loadAction(em, actionId));
  }

  /** An undo that is under way already. */
  async #goOn(actionId: string, context: RequestContext): Promise<void> {
    const { database, executions } = this.#parts;
    const action = await database.read(context.principal, (em) => loadAction(em, actionId));
    if (action.undoId) await executions.execute(action.undoId, context, leaveFor(action));
  }

  /** Null where somebody else was faster to begin one. */
  async #undoNow(action: Action, reason: string, context: RequestContext): Promise<Attempt | null> {
    const { database, catalogue } = this.#parts;
    assertUndoable(action, this.#parts.log.now());
    const tool = catalogue.insistTool(action.tool);
    const { preview, calls } = await this.#preview(tool, action, reason, context);
    return database.withTenant(context.principal, (em) =>
      this.#begin(em, { actionId: action.id, tool, reason, preview, calls }, context),
    );
  }

  async #preview(
    tool: KnownTool,
    action: Action,
    reason: string,
    context: RequestContext,
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
    throw problem(callerCode(code), message, ['input', 'actionId'], params && { ...params });
  }

  async #begin(
    em: EntityManager,
    plan: { actionId: string; tool: KnownTool; reason: string; preview: Preview; calls: readonly CallRecord[] },
    caller: RequestContext,
  ): Promise<Attempt | null> {
    const { access, log, executions, settlement, crash } = this.#parts;
    const { action: first } = await executions.lock(em, plan.actionId);
    const leave = leaveFor(first);
    const principal = await access.checkIn(em, caller, leave.permission, refTo(leave.on));
    await insistNotSuspended(em, plan.tool.name);
    const context = { ...caller, principal };
    if (first.status === 'UNDOING') return null;
    assertUndoable(first, log.now());
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
      policy: decideUndo(),
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
    await publish(em, context, 'ActionProposed', { actionId: id, tool: undo.tool });
    move(undo, { type: 'START' });
    const attempt = await executions.attempt(em, { action: undo, undone: first }, { intended: true, again: true });
    settlement.intend(em, context, undo);
    crash('undoBeginning');
    return attempt;
  }
}

const leaveFor = ({ id }: Action): Leave => ({ permission: 'actions:action:undo', on: id });

function assertUndoable(action: Action, now: Date): void {
  if (action.status === 'UNDONE') {
    const message = `The action was undone already, by ${action.undoId}.`;
    throw problem('ALREADY_UNDONE', message, ['input', 'actionId'], { undoId: action.undoId });
  }
  const taken = transition(action.status, { type: 'BEGIN_UNDO' });
  if (!taken.ok) {
    const params = { status: action.status, possible: taken.possible };
    throw problem(taken.code, taken.message, ['input', 'actionId'], params);
  }
  insist(mayUndo({ now, reversible: action.reversible, isUndo: action.undoOfId !== null, undoableUntil: null }));
}

/** What undoing changes where the tool does not say itself: everything back. */
const reversed = ({ summary, changes }: Preview): Preview => ({
  summary: `Take back: ${summary}`,
  changes: changes.map(({ path, before, after }) => ({ path, before: after, after: before })),
});
