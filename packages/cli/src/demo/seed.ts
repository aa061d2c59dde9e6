import { readdirSync, readFileSync } from 'node:fs';
import type { Gateway } from '@countersign/gateway';
import { type Database, type Principal, requestContext, tenantId } from '@countersign/kernel';
import { provisionTenant } from '@countersign/tenants';
import { type DemoTenant, demoAttributes, demoTenants, demoUsers } from './people.ts';

type Progress = (step: string) => void;

/** Creates the demo's tenants and people where they are not there yet. */
export async function seedTenants(database: Database, progress: Progress): Promise<void> {
  for (const tenant of demoTenants) {
    const users = demoUsers.filter((user) => user.tenantId === tenant.id);
    const created = await provisionTenant(database, {
      ...tenant,
      attributeSchema: demoAttributes,
      users: users.map(({ email, name, roles, attributes }) => ({
        email,
        name,
        role: roles[0] ?? 'viewer',
        attributes,
      })),
    });
    if (created) progress(`Seeding the demo tenant ${tenant.name} (${tenant.region})`);
  }
}

/** Fills the demo's tenants through the graph: policy documents, and the connector to the demo hospital. */
export async function seedDocumentsAndConnectors(gateway: Gateway, hospitalUrl: string): Promise<void> {
  for (const tenant of demoTenants) {
    await seedDocuments(gateway, tenant);
    await configureHospital(gateway, tenant, hospitalUrl);
  }
}

async function seedDocuments(gateway: Gateway, tenant: DemoTenant): Promise<void> {
  const run = asAdmin(gateway, tenant);
  const { documents } = await run<{ documents: { edges: { node: { title: string } }[] } }>(
    '{ documents(first: 100) { edges { node { title } } } }',
  );
  const present = new Set(documents.edges.map(({ node }) => node.title));
  for (const document of documentsOf(tenant.name)) {
    if (present.has(document.title)) continue;
    await run(
      `mutation Seed($input: IngestDocumentInput!) { ingestDocument(input: $input) { document { id } userErrors { code message } } }`,
      { input: { ...document, access: { roles: ['admin', 'operator', 'approver', 'auditor', 'viewer'] } } },
    );
  }
}

async function configureHospital(gateway: Gateway, tenant: DemoTenant, hospitalUrl: string): Promise<void> {
  await asAdmin(gateway, tenant)(
    `mutation Configure($input: ConfigureConnectorInput!) { configureConnector(input: $input) { userErrors { code message } } }`,
    { input: { connector: 'fhir', config: { baseUrl: `${hospitalUrl}/${tenant.name}/fhir/R4` } } },
  );
}

/** Runs operations as the tenant's admin. Throws on any error, also on those that the caller could mend. */
function asAdmin(gateway: Gateway, tenant: DemoTenant) {
  const principal: Principal = {
    kind: 'service',
    tenantId: tenantId(tenant.id),
    id: 'demo-seed',
    roles: ['admin'],
    permissions: ['knowledge:*:*', 'actions:*:*'],
    attributes: {},
  };
  return async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
    const context = requestContext(principal, gateway.log, { workflow: 'demo-seed', surface: 'cli' });
    const { data, errors } = await gateway.bundle.execute({ query, variables }, context);
    const problems = [...(errors ?? []), ...Object.values(data ?? {}).flatMap((field) => userErrorsOf(field))];
    if (problems.length > 0)
      throw new Error(`The demo could not be seeded: ${problems.map((each) => each.message).join('; ')}`);
    return data as Data; // The caller knows the shape of what it asked.
  };
}

const userErrorsOf = (field: unknown): { message: string }[] =>
  typeof field === 'object' && field !== null && 'userErrors' in field
    ? (field.userErrors as { message: string }[])
    : [];

interface DemoDocument {
  readonly source: string;
  readonly title: string;
  readonly text: string;
}

/** The policy documents of a demo tenant: a file each, its first line the title. */
function documentsOf(tenant: string): DemoDocument[] {
  const folder = new URL(`../../documents/${tenant}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      return { source: `policies/${file}`, title: text.slice(2, text.indexOf('\n')).trim(), text };
    });
}
