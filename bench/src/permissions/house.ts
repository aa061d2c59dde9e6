import { actions } from '@countersign/actions';
import { billing } from '@countersign/billing';
import { inference } from '@countersign/inference';
import {
  type AttributeDeclaration,
  assembleKernel,
  createLogger,
  Database,
  GraphClient,
  type Kernel,
  loadConfig,
  newId,
  type Principal,
  registerPermissions,
  SubgraphRuntime,
  type TenantId,
  tenantId,
} from '@countersign/kernel';
import { knowledge } from '@countersign/knowledge';
import { tenants } from '@countersign/tenants';

/** Everything that declares permissions; a tenant's rules are compiled against all of it. */
export const declaring = [tenants, knowledge, inference, actions, billing];

/** What the measurements work on: one database with the whole catalogue, and the knowledge subgraph. */
export interface House {
  readonly kernel: Kernel;
  readonly knowledge: SubgraphRuntime;
  /** Runs SQL as the database's owner. On the embedded database alone. */
  asOwner(sql: string, parameters?: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const database = await Database.open({ entities: declaring.flatMap(({ entities }) => [...entities]) });
  await database.migrate(declaring.flatMap(({ migrations }) => [...migrations]));
  for (const each of declaring) await registerPermissions(database, each);
  const log = createLogger('silent');
  const kernel = assembleKernel({ config: loadConfig({}), database, graph: new GraphClient(), log });
  await kernel.access.start();
  return {
    kernel,
    knowledge: new SubgraphRuntime(knowledge, kernel),
    asOwner: async (sql, parameters = []) => {
      const { backend } = database;
      if (backend.kind !== 'pglite') throw new Error('The house stands on the embedded database.');
      // In turn with the transactions of others, whose role it would run under otherwise.
      await backend.turnstile.run(() => backend.pglite.query(sql, [...parameters]));
    },
    close: async () => {
      await kernel.access.stop();
      await database.close();
    },
  };
}

export interface NewTenant {
  readonly attributes?: readonly AttributeDeclaration[];
  /** Cedar texts. */
  readonly policies?: readonly string[];
}

/** Makes one tenant. */
export async function addTenant(house: House, tenant: NewTenant = {}): Promise<TenantId> {
  const [id] = await addTenants(house, [tenant]);
  if (!id) throw new Error('The tenant was not made.');
  return id;
}

/** Makes tenants with their policies, at revision 1. */
export async function addTenants({ asOwner }: House, tenants: readonly NewTenant[]): Promise<TenantId[]> {
  const rows = tenants.map(({ attributes = [], policies = [] }) => ({
    tenant_id: tenantId(newId()),
    attributes,
    policies,
  }));
  const json = JSON.stringify(rows);
  await asOwner(
    `insert into kernel.access (tenant_id, region, attributes)
     select tenant_id, 'eu', attributes from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, attributes jsonb)`,
    [json],
  );
  await asOwner(
    `insert into kernel.policy (tenant_id, id, name, version, source)
     select tenant_id, gen_random_uuid(), 'policy ' || number, 1, source
     from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, policies jsonb),
       jsonb_array_elements_text(policies) with ordinality as policy (source, number)`,
    [json],
  );
  return rows.map((row) => row.tenant_id);
}

/** Someone of the tenant as the gateway resolved them, while nothing has changed since. */
export const someone = (tenant: TenantId, changes: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  tenantId: tenant,
  id: newId(),
  roles: ['staff'],
  groups: [],
  permissions: ['knowledge:document:*'],
  attributes: {},
  revision: 1,
  ...changes,
});

export interface NewDocument {
  readonly tenant: TenantId;
  readonly title: string;
  readonly classification: number;
  readonly department: string | null;
  readonly region: string | null;
}

/** Adds documents that `staff` may read, in the order in which they were made. Answers their ids. */
export async function addDocuments({ asOwner }: House, documents: readonly NewDocument[]): Promise<string[]> {
  // Ids of one millisecond are in no order, and lists go by them.
  const ids = documents.map(newId).sort();
  const rows = documents.map((document, index) => ({ id: ids[index], ...document }));
  const json = JSON.stringify(rows);
  await asOwner(
    `insert into knowledge.source (tenant_id, name)
     select distinct tenant, 'Handbook' from jsonb_to_recordset($1::jsonb) as row (tenant uuid)`,
    [json],
  );
  await asOwner(
    `insert into knowledge.document (id, tenant_id, source, title, text, roles, ingested_by, passage_count, term_count,
       classification, department, region)
     select id, tenant, 'Handbook', title, repeat(title || ' says what is done. ', 40), '{staff}', 'user:bench', 1, 160,
       classification, department, region
     from jsonb_to_recordset($1::jsonb)
       as row (id uuid, tenant uuid, title text, classification integer, department text, region text)`,
    [json],
  );
  return ids;
}
