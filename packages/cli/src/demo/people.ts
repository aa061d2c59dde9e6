import type { DemoUser } from '@countersign/gateway';
import type { AttributeDeclaration, Attributes } from '@countersign/kernel';

export interface DemoTenant {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

export interface DemoPerson extends DemoUser {
  readonly name: string;
  readonly attributes: Attributes;
}

/** The demo's two organisations. Their ids are fixed, so that tokens can be signed while no server runs. */
export const demoTenants: readonly DemoTenant[] = [
  { id: '0198f1a0-0000-7000-8000-00000000ac3e', name: 'acme', region: 'eu' },
  { id: '0198f1a0-0000-7000-8000-00000061abe8', name: 'globex', region: 'us' },
];

/** What the demo's policies may look at of people. */
export const demoAttributes: readonly AttributeDeclaration[] = [
  { name: 'department', type: 'String', required: false, description: 'Where the person works.' },
  { name: 'clearance', type: 'Long', required: false, description: 'Up to which classification they read, 0 to 3.' },
];

const cast: readonly { role: string; name: string; attributes: Attributes }[] = [
  { role: 'admin', name: 'Ada Admin', attributes: { department: 'management', clearance: 3 } },
  { role: 'operator', name: 'Olga Operator', attributes: { department: 'diabetology', clearance: 1 } },
  { role: 'approver', name: 'Abel Approver', attributes: { department: 'diabetology', clearance: 2 } },
  { role: 'auditor', name: 'Audra Auditor', attributes: { department: 'audit', clearance: 3 } },
  { role: 'viewer', name: 'Vito Viewer', attributes: {} },
];

/** One person for each built-in role in each tenant: `operator@acme.test` and so on. */
export const demoUsers: readonly DemoPerson[] = demoTenants.flatMap((tenant) =>
  cast.map(({ role, name, attributes }) => ({
    email: `${role}@${tenant.name}.test`,
    name,
    attributes,
    tenant: tenant.name,
    tenantId: tenant.id,
    roles: [role],
  })),
);
