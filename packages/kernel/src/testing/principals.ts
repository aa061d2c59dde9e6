import { newId, tenantId } from '../ids.ts';
import type { Principal } from '../principal/principal.ts';

/** A user of a tenant for tests; a new tenant and all permissions unless told. */
export function testPrincipal(overrides: Partial<Principal> = {}): Principal {
  return {
    kind: 'user',
    tenantId: tenantId(newId()),
    id: newId(),
    email: 'someone@example.test',
    roles: ['operator'],
    permissions: ['*:*:*'],
    attributes: {},
    ...overrides,
  };
}
