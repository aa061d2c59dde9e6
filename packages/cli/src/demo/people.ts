import type { DemoUser } from '@countersign/gateway';

export interface DemoTenant {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

/** The demo's two organisations. Their ids are fixed, so that tokens can be signed while no server runs. */
export const demoTenants: readonly DemoTenant[] = [
  { id: '0198f1a0-0000-7000-8000-00000000ac3e', name: 'acme', region: 'eu' },
  { id: '0198f1a0-0000-7000-8000-00000061abe8', name: 'globex', region: 'us' },
];

const names: Readonly<Record<string, string>> = {
  admin: 'Ada Admin',
  operator: 'Olga Operator',
  approver: 'Abel Approver',
  auditor: 'Audra Auditor',
  viewer: 'Vito Viewer',
};

/** One person for each built-in role in each tenant: `operator@acme.test` and so on. */
export const demoUsers: readonly (DemoUser & { readonly name: string })[] = demoTenants.flatMap((tenant) =>
  Object.entries(names).map(([role, name]) => ({
    email: `${role}@${tenant.name}.test`,
    name,
    tenant: tenant.name,
    tenantId: tenant.id,
    roles: [role],
  })),
);
