import { AccessDenied, type AccessRecord, holds, type RequestContext } from '@countersign/kernel';

export const explainPermission = 'tenants:access:explain';

/** Anyone may ask about themselves; about others it takes a permission. Throws `FORBIDDEN`. */
export function insistMayExplain(context: RequestContext): void {
  const allowed = holds(context.principal, explainPermission);
  const record = { permission: explainPermission, allowed, by: allowed ? 'rbac' : 'nothing' } as const;
  if (!allowed) throw refused(record);
  context.access?.records.allowed(context, record);
}

const refused = (record: AccessRecord): AccessDenied =>
  new AccessDenied(
    'FORBIDDEN',
    `Asking about others needs the permission ${explainPermission}, which you do not hold.`,
    { permission: explainPermission, reason: 'Nothing permits it.' },
    record,
  );
