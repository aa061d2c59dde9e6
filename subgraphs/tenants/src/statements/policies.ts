import type { EntityManager, PolicySource, Principal } from '@countersign/kernel';
import type { AccessPolicyVersion } from '../entities/access-policy.ts';

/** The policy of that name, however it is capitalised. */
export async function policyIdOf(em: EntityManager, name: string): Promise<string | null> {
  const [row]: { id: string }[] = await em.execute('select id from tenants.policy where lower(name) = lower(?)', [
    name,
  ]);
  return row?.id ?? null;
}

export async function countActivePolicies(em: EntityManager): Promise<number> {
  const [row]: { active: number }[] = await em.execute('select count(*)::integer as active from kernel.policy');
  return row?.active ?? 0;
}

/** Those in force that may permit something, as this transaction sees them. */
export const permittingPolicies = (em: EntityManager): Promise<PolicySource[]> =>
  em.execute("select id, name, version, source as text from kernel.policy where source like '%permit%' order by name");

export interface PolicyText {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly version: number;
  readonly source: string;
}

/** Adds the version to the policy's history. */
export const keepVersion = (
  em: EntityManager,
  { id, tenantId, version, source }: PolicyText,
  { note, author, now }: { readonly note: string | null; readonly author: Principal; readonly now: Date },
): Promise<unknown> =>
  em.execute(
    `insert into tenants.policy_version (tenant_id, policy_id, version, source, note, author_kind, author_id, published_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [tenantId, id, version, source, note, author.kind, author.id, now.toISOString()],
  );

/** From the end of the transaction on it decides. */
export const activate = (em: EntityManager, { id, tenantId, name, version, source }: PolicyText): Promise<unknown> =>
  em.execute(
    `insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, ?, ?, ?)
     on conflict (tenant_id, id) do update
     set name = excluded.name, version = excluded.version, source = excluded.source`,
    [tenantId, id, name, version, source],
  );

export const deactivate = (em: EntityManager, id: string): Promise<unknown> =>
  em.execute('delete from kernel.policy where id = ?', [id]);

export interface VersionKey {
  readonly policyId: string;
  readonly version: number;
}

/** The versions, in the order of the keys; null where there is none. */
export async function versionsByKey(
  em: EntityManager,
  keys: readonly VersionKey[],
): Promise<(AccessPolicyVersion | null)[]> {
  const rows: VersionRow[] = await em.execute(
    `select ${columns} from tenants.policy_version v
     join jsonb_to_recordset(?::jsonb) as k("policyId" uuid, version integer)
       on v.policy_id = k."policyId" and v.version = k.version`,
    [JSON.stringify(keys)],
  );
  return keys.map((key) => {
    const found = rows.find(({ policyId, version }) => policyId === key.policyId && version === key.version);
    return found ? versionOf(found) : null;
  });
}

export interface VersionPage {
  readonly policyId: string;
  readonly limit: number;
  /** The versions before this one; null: from the newest on. */
  readonly before: number | null;
}

/** For each page its versions, the newest first. */
export async function versionPages(em: EntityManager, pages: readonly VersionPage[]): Promise<AccessPolicyVersion[][]> {
  const rows: (VersionRow & { page: number })[] = await em.execute(
    `select p.page::integer, found.*
     from rows from (jsonb_to_recordset(?::jsonb) as ("policyId" uuid, "limit" integer, before integer))
       with ordinality as p("policyId", "limit", before, page)
     cross join lateral (
       select ${columns} from tenants.policy_version v
       where v.policy_id = p."policyId" and (p.before is null or v.version < p.before)
       order by v.version desc limit p."limit"
     ) as found`,
    [JSON.stringify(pages)],
  );
  return pages.map((_, index) => rows.filter(({ page }) => page === index + 1).map(versionOf));
}

/** Those of the names that no role (or group) of the tenant has. */
export async function unknownNames(
  em: EntityManager,
  kind: 'Role' | 'Group',
  names: readonly string[],
): Promise<string[]> {
  const table = kind === 'Role' ? 'tenants.role' : 'tenants.user_group';
  const rows: { name: string }[] = await em.execute(
    `select wanted.name from jsonb_array_elements_text(?::jsonb) as wanted(name)
     where not exists (select from ${table} known where known.name = wanted.name)`,
    [JSON.stringify(names)],
  );
  return rows.map(({ name }) => name);
}

const columns = `v.policy_id as "policyId", v.version, v.source, v.note, v.author_kind || ':' || v.author_id as author,
  v.published_at as "publishedAt"`;

type VersionRow = Omit<AccessPolicyVersion, 'publishedAt'> & { readonly publishedAt: Date | string };

const versionOf = ({ policyId, version, source, note, author, publishedAt }: VersionRow): AccessPolicyVersion => ({
  policyId,
  version,
  source,
  note,
  author,
  publishedAt: new Date(publishedAt),
});
