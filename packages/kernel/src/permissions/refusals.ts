import { CountersignError, type ErrorCode, notFound } from '../errors.ts';
import type { AccessRecord } from './access-records.ts';
import type { Decision } from './cedar/index.ts';

/** A refusal that still has to be written down; the runtime does so before it answers. */
export class AccessDenied extends CountersignError {
  readonly record: AccessRecord;

  constructor(code: ErrorCode, message: string, extensions: Record<string, unknown>, record: AccessRecord) {
    super(code, message, { extensions });
    this.record = record;
  }
}

/** Says nothing of any object: the same for one that exists and one that does not. */
export const refusedByRoles = (record: AccessRecord): AccessDenied =>
  new AccessDenied(
    'FORBIDDEN',
    `This needs the permission ${record.permission}, which you do not hold.`,
    { permission: record.permission, reason: 'Nothing permits it.' },
    record,
  );

/** For those who hold the permission and may not know the object: what is said where there is none. */
export const refusedAsUnknown = (noun: string, record: AccessRecord): AccessDenied =>
  new AccessDenied('NOT_FOUND', notFound(noun).message, {}, record);

/** Names the policy that refused. For those who may know the object alone. */
export function refusedByPolicy({ reasons, errors }: Decision, record: AccessRecord): AccessDenied {
  const [failed] = errors;
  const deciding = failed ?? reasons.find(({ effect }) => effect === 'forbid');
  if (!deciding) return refusedByRoles(record);
  const { policyId: id, name, version } = deciding;
  const { permission } = record;
  const [what, reason] =
    'clause' in deciding
      ? ['forbids this', deciding.clause]
      : ['could not be evaluated, so that it refuses', deciding.message];
  const message = `The policy "${name}" (version ${version}) ${what}.`;
  return new AccessDenied('FORBIDDEN', message, { permission, policy: { id, name, version }, reason }, record);
}
