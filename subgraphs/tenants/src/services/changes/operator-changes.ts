import { isUuid, newId, problem } from '@countersign/kernel';
import { OperatorAccess } from '../../entities/operator-access.ts';
import { changeKind } from './change.ts';
import { insistExpiry } from './expiry.ts';
import { insistSomeGrantable } from './grantable.ts';
import { insistEmail } from './user-rules.ts';

export interface OperatorGrant {
  readonly operator: string;
  readonly permissions: readonly string[];
  readonly reason: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

const permission = 'tenants:identity:administer';
const mostDays = 30;
const longestReason = 1_000;

/**
 * Refuses with `EMAIL_INVALID`, `PERMISSIONS_MISSING`, `PERMISSION_UNKNOWN`, `CANNOT_GRANT`, `REASON_NEEDED`,
 * `EXPIRY_INVALID`, `OPERATOR_CANNOT_GRANT`.
 */
export const grantOperatorAccess = changeKind<OperatorGrant, OperatorAccess>({
  name: 'operator-access.grant',
  permission,
  apply: async (em, grant, author) => {
    const { kind, id, tenantId } = author.principal;
    if (kind === 'platform_operator') {
      const message = 'Platform operators are let in by people of the tenant, not by one another or themselves.';
      throw problem('OPERATOR_CANNOT_GRANT', message);
    }
    const access = em.create(OperatorAccess, {
      id: newId(),
      tenantId,
      operator: insistEmail(grant.operator, ['input', 'operator']).toLowerCase(),
      permissions: await insistSomeGrantable(em, grant.permissions, author),
      reason: insistReason(grant.reason),
      grantedBy: `${kind}:${id}`,
      grantedAt: author.now,
      expiresAt: insistExpiry(grant.expiresAt, author.now, mostDays),
    });
    em.persist(access);
    return { result: access, subject: subjectOf(access), before: null, after: contentOf(access) };
  },
});

/** Refuses with `OPERATOR_ACCESS_NOT_FOUND`, `OPERATOR_ACCESS_ENDED`. */
export const revokeOperatorAccess = changeKind<{ readonly id: string; readonly reason: string | null }, OperatorAccess>(
  {
    name: 'operator-access.revoke',
    permission,
    needsNoApproval: true,
    apply: async (em, { id }, { now }) => {
      const path = ['input', 'id'];
      const access = isUuid(id) ? await em.findOne(OperatorAccess, { id }) : null;
      if (!access) throw problem('OPERATOR_ACCESS_NOT_FOUND', 'There is no such access of an operator.', path);
      if (access.revokedAt || access.expiresAt <= now) {
        throw problem('OPERATOR_ACCESS_ENDED', 'This access has ended already.', path);
      }
      const before = contentOf(access);
      access.revokedAt = now;
      return { result: access, subject: subjectOf(access), before, after: contentOf(access) };
    },
  },
);

function insistReason(wanted: string): string {
  const reason = wanted.trim().toWellFormed();
  if (reason.length >= 1 && reason.length <= longestReason && !reason.includes('\0')) return reason;
  const message = `Say what the operator is let in for, in at most ${longestReason} characters.`;
  throw problem('REASON_NEEDED', message, ['input', 'reason']);
}

const subjectOf = ({ id, operator }: OperatorAccess) => ({ type: 'OperatorAccess', id, name: operator });

const contentOf = ({ operator, permissions, reason, expiresAt, revokedAt }: OperatorAccess) => ({
  operator,
  permissions: [...permissions],
  reason,
  expiresAt: expiresAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});
