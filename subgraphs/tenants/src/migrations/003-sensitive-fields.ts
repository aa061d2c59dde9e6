import { migration } from '@countersign/kernel';

/** Lists of people go by name: their addresses are not everybody's to see, not even from an order. */
export const sensitiveFields = migration('tenants/003-sensitive-fields', [
  `alter table tenants.app_user
     add column list_position text generated always as (lower(name) || chr(1) || id::text) stored`,
  'create index app_user_listed on tenants.app_user (tenant_id, list_position)',
  // Row-level security binds the owner, too, unless it is lifted.
  'alter table tenants.role no force row level security',
  `update tenants.role set permissions = permissions || array['actions:sensitive:read']
     where built_in and name in ('operator', 'approver', 'auditor') and not 'actions:sensitive:read' = any (permissions)`,
  `update tenants.role set permissions = permissions || array['tenants:sensitive:read']
     where built_in and name = 'auditor' and not 'tenants:sensitive:read' = any (permissions)`,
  'alter table tenants.role force row level security',
]);
