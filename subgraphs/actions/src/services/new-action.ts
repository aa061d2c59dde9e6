import { type EventOrigin, personOf } from '@countersign/kernel';
import { millisecondsOf } from '@countersign/plugin-sdk';
import type { Action } from '../entities/action.ts';
import { type Policy, PolicyDecision, type Preview } from '../entities/plan.ts';
import type { Amount } from './amount-of.ts';
import type { Level } from './autonomy/index.ts';
import type { JsonObject } from './decision-log/index.ts';
import { planTtlMs } from './expiry.ts';
import { type ActionStatus, planHash, transition } from './lifecycle/index.ts';
import { notWaiting } from './move.ts';
import type { KnownTool } from './tool-catalogue.ts';

export interface ActionDraft {
  readonly id: string;
  readonly tool: KnownTool;
  readonly input: JsonObject;
  readonly preview: Preview;
  readonly policy: Policy;
  readonly money: Amount;
  /** At which level it was decided; absent for what takes back. */
  readonly autonomy?: Level;
  readonly idempotencyKey: string | null;
  /** What makes two requests the same one. */
  readonly fingerprint: string;
  /** What goes before what; interactive unless told. */
  readonly lane?: Action['lane'];
  /** The action that it undoes. */
  readonly undoOfId?: string;
  /** Its place in a bundle. */
  readonly step?: StepPlace;
}

/** What makes an action the step of a bundle. */
export interface StepPlace {
  readonly bundleId: string;
  readonly key: string;
  readonly ordinal: number;
  /** Keys of the steps that have to be done before it. */
  readonly after: readonly string[];
  /** Whether parts of its input come from earlier steps. */
  readonly takesFromOthers: boolean;
}

/** A plan, with nothing begun of it: what an action is about, what its tool would do, and what that needs. */
export function planOf(
  {
    tool,
    input,
    preview,
    policy,
    money,
    autonomy = null,
  }: Pick<ActionDraft, 'tool' | 'input' | 'preview' | 'policy' | 'money'> & { readonly autonomy?: Level | null },
  now: Date,
) {
  const { manifest, connector } = tool;
  const { version } = connector.manifest;
  return {
    title: manifest.title,
    toolVersion: version,
    input,
    preview,
    planHash: planHash({ tool: tool.name, version, input, preview }),
    policy,
    autonomy,
    risk: manifest.risk,
    dataClass: manifest.dataClass,
    amount: money.amount,
    currency: money.currency,
    drift: null,
    outcome: null,
    failures: 0,
    begunAt: null,
    retryAt: null,
    deadAt: null,
    begunUnattended: false,
    remindedAt: null,
    plannedAt: now,
    undoWithinS: undoWithinS(manifest.undoWithin),
    doneAt: null,
    expiresAt: new Date(now.getTime() + planTtlMs),
  };
}

function undoWithinS(duration: string | undefined): number | null {
  const ms = duration === undefined ? null : millisecondsOf(duration);
  return ms === null ? null : ms / 1_000;
}

/** An action as it is first written: previewed and decided on, with nothing done. */
export function draftAction(draft: ActionDraft, now: Date, context: EventOrigin) {
  const { id, tool, policy, idempotencyKey, undoOfId = null } = draft;
  const { principal } = context;
  const plan = planOf(draft, now);
  return {
    ...plan,
    id,
    tenantId: principal.tenantId,
    status: statusAfter(policy.decision),
    tool: tool.name,
    // What takes back is not itself taken back: what it undid is proposed anew.
    reversible: undoOfId === null && tool.manifest.reversibility === 'REVERSIBLE',
    idempotencyKey,
    fingerprint: draft.fingerprint,
    makerKind: principal.kind,
    makerId: principal.id,
    makerPerson: personOf(principal) ?? null,
    makerGroups: [...(principal.groups ?? [])],
    makerRoles: [...principal.roles],
    makerAttributes: principal.attributes,
    revision: 1,
    editors: [],
    editorPeople: [],
    editDistance: null,
    doneAt: null,
    // An undo is begun at once, unless it has to be approved.
    expiresAt: undoOfId === null || policy.decision === PolicyDecision.REQUIRE_APPROVAL ? plan.expiresAt : null,
    lane: draft.lane ?? 'INTERACTIVE',
    ...notWaiting,
    undoOfId,
    undoId: null,
    bundleId: draft.step?.bundleId ?? null,
    stepKey: draft.step?.key ?? null,
    stepOrdinal: draft.step?.ordinal ?? null,
    stepAfter: [...(draft.step?.after ?? [])],
    stepTemplate: draft.step?.takesFromOthers ? draft.input : null,
    stoodAt: null,
    leaseOwner: null,
    leaseUntil: null,
    fence: 0,
    attempts: 0,
    checks: 0,
    workflow: context.workflow ?? null,
    surface: context.surface ?? null,
    correlationId: context.correlationId,
    lastEntry: null,
    createdAt: now,
    updatedAt: now,
  };
}

const events = {
  [PolicyDecision.PERMIT]: 'PERMIT',
  [PolicyDecision.REQUIRE_APPROVAL]: 'REQUIRE_APPROVAL',
  [PolicyDecision.DENY]: 'DENY',
} as const;

/** What happens to what was proposed, by what the policies decided. */
export const eventAfter = (decision: PolicyDecision) => events[decision];

function statusAfter(decision: PolicyDecision): ActionStatus {
  const decided = transition('PROPOSED', { type: eventAfter(decision) });
  if (!decided.ok) throw new Error(decided.message);
  return decided.next;
}
