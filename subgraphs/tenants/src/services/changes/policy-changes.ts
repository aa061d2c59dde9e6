import {
  type EntityManager,
  holds,
  isUuid,
  newId,
  problem,
  type StatementDescription,
  type TenantId,
} from '@countersign/kernel';
import { AccessPolicy } from '../../entities/access-policy.ts';
import {
  activate,
  countActivePolicies,
  deactivate,
  keepVersion,
  policyIdOf,
  versionsByKey,
} from '../../statements/policies.ts';
import { insistPolicy } from '../policies/policy-check.ts';
import { type Author, type ChangeKind, changeKind, insistMayGrant } from './change.ts';
import { insistName } from './names.ts';

export interface PolicyDraft {
  readonly name: string;
  /** One or several Cedar statements. */
  readonly source: string;
  readonly note: string | null;
  readonly reason: string | null;
  /** Refuse it if something that was allowed since then, in ISO 8601, would have been refused. */
  readonly requireNoNewDenials: { readonly since: string } | null;
}

export interface PolicyRetirement {
  readonly id: string;
  readonly reason: string | null;
}

export interface NewDenials {
  /** How many of the decisions that allowed something would have refused it. */
  readonly count: number;
  /** Some of them, as JSON. */
  readonly examples: readonly object[];
}

/**
 * Replays the period's decisions as if the policy were published, with what else is in force. Called in the transaction
 * that publishes it, before it is written and with the tenant's access taken: it has to read what is in force by
 * itself, since `Access.rulesIn` would keep for later what is not committed yet.
 */
export type FindNewDenials = (em: EntityManager, change: PolicyPublication, since: Date) => Promise<NewDenials>;

/** Where there is a policy of that name, it is its next version. */
export interface PolicyPublication {
  readonly tenantId: TenantId;
  readonly publish: readonly [{ readonly name: string; readonly source: string }];
}

export interface PolicyChanges {
  readonly publishPolicy: ChangeKind<PolicyDraft, AccessPolicy>;
  readonly retirePolicy: ChangeKind<PolicyRetirement, AccessPolicy>;
  readonly kinds: readonly ChangeKind[];
}

const permission = 'tenants:policy:administer';
const explains = 'tenants:access:explain';
const mostActive = 1_000;

export function createPolicyChanges({ newDenials }: { readonly newDenials: FindNewDenials }): PolicyChanges {
  /**
   * Refuses with `NAME_INVALID`, with the problems of its text, `CANNOT_GRANT`, `POLICY_UNCHANGED`, `TOO_MANY`,
   * `PERIOD_INVALID`, `NEW_DENIALS`.
   */
  const publishPolicy = changeKind<PolicyDraft, AccessPolicy>({
    name: 'policy.publish',
    permission,
    apply: async (em, draft, author) => {
      const name = insistName(draft.name, ['input', 'name']);
      insistPermitsWhatIsHeld(await insistPolicy(em, draft.source, ['input', 'source']), author);
      const id = await policyIdOf(em, name);
      const policy = id === null ? null : await em.findOne(AccessPolicy, { id });
      const before = policy && (await contentOf(em, policy));
      if (before?.source === draft.source) {
        const message = `Version ${before.version} of "${before.name}" says just that already.`;
        throw problem('POLICY_UNCHANGED', message, ['input', 'source'], { version: before.version });
      }
      if (!before) await insistRoom(em);
      const { tenantId } = author.principal;
      const next = policy ?? em.create(AccessPolicy, { id: newId(), tenantId, name, version: 0, retiredAt: null });
      next.version += 1;
      next.retiredAt = null;
      const text = { id: next.id, tenantId, name: next.name, version: next.version, source: draft.source };
      await insistNoNewDenials(em, newDenials, { draft: { ...draft, name: next.name }, author });
      em.persist(next);
      await em.flush();
      await keepVersion(em, text, { note: draft.note, author: author.principal, now: author.now });
      await activate(em, text);
      return { result: next, subject: subjectOf(next), before, after: await contentOf(em, next) };
    },
  });

  return { publishPolicy, retirePolicy, kinds: [publishPolicy, retirePolicy] };
}

/** Refuses with `POLICY_NOT_FOUND`, `POLICY_RETIRED`. Its history stays. */
const retirePolicy = changeKind<PolicyRetirement, AccessPolicy>({
  name: 'policy.retire',
  permission,
  apply: async (em, { id }, { now }) => {
    const path = ['input', 'id'];
    const policy = isUuid(id) ? await em.findOne(AccessPolicy, { id }) : null;
    if (!policy) throw problem('POLICY_NOT_FOUND', 'There is no such policy.', path);
    const before = await contentOf(em, policy);
    if (!before) throw problem('POLICY_RETIRED', `The policy "${policy.name}" was retired already.`, path);
    policy.retiredAt = now;
    await deactivate(em, id);
    return { result: policy, subject: subjectOf(policy), before, after: null };
  },
});

/** A policy extends what roles give only within what its author holds. What it forbids, need not be held. */
function insistPermitsWhatIsHeld(statements: readonly StatementDescription[], author: Author): void {
  const permits = statements.filter(({ effect }) => effect === 'permit');
  const permissions = new Set(permits.flatMap((statement) => statement.permissions));
  insistMayGrant(author, [...permissions].sort(), ['input', 'source']);
}

async function insistRoom(em: EntityManager): Promise<void> {
  if ((await countActivePolicies(em)) < mostActive) return;
  const message = `A tenant has at most ${mostActive} policies in force: retire one, or put it into another.`;
  throw problem('TOO_MANY', message, ['input', 'name'], { most: mostActive });
}

async function insistNoNewDenials(
  em: EntityManager,
  newDenials: FindNewDenials,
  { draft: { name, source, requireNoNewDenials }, author }: { draft: PolicyDraft; author: Author },
): Promise<void> {
  if (!requireNoNewDenials) return;
  const path = ['input', 'requireNoNewDenials'];
  const since = new Date(requireNoNewDenials.since);
  if (!(since < author.now)) {
    throw problem('PERIOD_INVALID', 'The period has to begin before now.', [...path, 'since']);
  }
  const change = { tenantId: author.principal.tenantId, publish: [{ name, source }] } as const;
  const { count, examples } = await newDenials(em, change, since);
  if (count === 0) return;
  const message = `${count} of the decisions since then allowed what this would refuse.`;
  // What others did is for those who may ask for it.
  const shown = holds(author.principal, explains) ? examples : [];
  throw problem('NEW_DENIALS', message, path, { count, examples: shown });
}

const subjectOf = ({ id, name }: AccessPolicy) => ({ type: 'AccessPolicy', id, name });

/** What is in force of it; null where nothing is. */
async function contentOf(em: EntityManager, { id, name, version, retiredAt }: AccessPolicy) {
  if (retiredAt !== null) return null;
  const [current] = await versionsByKey(em, [{ policyId: id, version }]);
  return current ? { name, version, source: current.source, note: current.note } : null;
}
