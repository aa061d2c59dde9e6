import { type EventOrigin, personOf } from '@countersign/kernel';
import { type Policy, PolicyDecision, type Preview } from '../entities/plan.ts';
import type { Amount } from './amount-of.ts';
import type { JsonObject } from './decision-log/index.ts';
import { planTtlMs } from './expiry.ts';
import { type ActionStatus, planHash, transition } from './lifecycle/index.ts';
import type { KnownTool } from './tool-catalogue.ts';

export interface ActionDraft {
  readonly id: string;
  readonly tool: KnownTool;
  readonly input: JsonObject;
  readonly preview: Preview;
  readonly policy: Policy;
  readonly money: Amount;
  readonly idempotencyKey: string | null;
  /** What makes two requests the same one. */
  readonly fingerprint: string;
  /** The action that it undoes. */
  readonly undoOfId?: string;
}

/** An action as it is first written: previewed and decided on, with nothing done. */
export function draftAction(draft: ActionDraft, now: Date, context: EventOrigin) {
  const { id, tool, input, preview, policy, idempotencyKey, undoOfId = null } = draft;
  const { principal } = context;
  const call = { tool: tool.name, version: tool.connector.manifest.version, input };
  return {
    id,
    tenantId: principal.tenantId,
    status: statusAfter(policy.decision),
    tool: tool.name,
    title: tool.manifest.title,
    toolVersion: call.version,
    input,
    preview,
    planHash: planHash({ ...call, preview }),
    policy,
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
    risk: tool.manifest.risk,
    dataClass: tool.manifest.dataClass,
    amount: draft.money.amount,
    currency: draft.money.currency,
    outcome: null,
    revision: 1,
    editors: [],
    editorPeople: [],
    editDistance: null,
    drift: null,
    plannedAt: now,
    doneAt: null,
    failures: 0,
    begunAt: null,
    retryAt: null,
    deadAt: null,
    expiresAt: undoOfId === null ? new Date(now.getTime() + planTtlMs) : null,
    undoOfId,
    undoId: null,
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
