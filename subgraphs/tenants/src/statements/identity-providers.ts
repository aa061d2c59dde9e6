import { type EntityManager, isUuid, newId } from '@countersign/kernel';

/** Which claims of a provider's tell what of a person. */
export interface ClaimRules {
  /** The claim with the address; `email` when null. */
  readonly email: string | null;
  /** The claim with the name; `name` when null. */
  readonly name: string | null;
  readonly roles: {
    readonly claim: string;
    readonly mapping: readonly { readonly value: string; readonly roleId: string }[];
  } | null;
  readonly attributes: readonly { readonly claim: string; readonly attribute: string }[];
}

/** An identity provider of the tenant's, without its secret. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly hasClientSecret: boolean;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly active: boolean;
  readonly justInTime: boolean;
  readonly trustEmail: boolean;
  readonly defaultRoles: readonly string[];
  readonly claims: ClaimRules;
  readonly createdAt: Date;
}

/** An identity provider of any tenant's, as the gateway signs people in with it. */
export interface ProviderAtTheDoor {
  readonly id: string;
  readonly tenantId: string;
  readonly tenantName: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Sealed; null for a public client. */
  readonly clientSecret: string | null;
  readonly audience: string;
  readonly scopes: string[];
  readonly active: boolean;
}

const columns = `id, name, issuer, client_id as "clientId", client_secret is not null as "hasClientSecret", audience,
  scopes, active, just_in_time as "justInTime", trust_email as "trustEmail", default_roles::text[] as "defaultRoles", claims,
  created_at as "createdAt"`;

export async function allProviders(em: EntityManager): Promise<Provider[]> {
  const rows: Provider[] = await em.execute(`select ${columns} from tenants.identity_provider order by name`);
  return rows.map(asProvider);
}

export async function findProvider(em: EntityManager, by: 'id' | 'name', value: string): Promise<Provider | null> {
  if (by === 'id' && !isUuid(value)) return null;
  const [row]: Provider[] = await em.execute(`select ${columns} from tenants.identity_provider where ${by} = ?`, [
    value,
  ]);
  return row ? asProvider(row) : null;
}

/** Makes the provider, or makes the one of that id like it. `clientSecret` is sealed; undefined leaves it as it is. */
export async function writeProvider(
  em: EntityManager,
  tenantId: string,
  provider: Omit<Provider, 'hasClientSecret' | 'active' | 'createdAt'>,
  clientSecret: string | null | undefined,
): Promise<void> {
  const { id, name, issuer, clientId, audience, scopes, justInTime, trustEmail, defaultRoles, claims } = provider;
  await em.execute(
    `insert into tenants.identity_provider (id, tenant_id, name, issuer, client_id, audience, scopes, just_in_time,
       trust_email, default_roles, claims)
     values (?, ?, ?, ?, ?, ?, array(select jsonb_array_elements_text(?::jsonb)), ?, ?,
       array(select jsonb_array_elements_text(?::jsonb)::uuid), ?::jsonb)
     on conflict (id) do update set name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
       audience = excluded.audience, scopes = excluded.scopes, just_in_time = excluded.just_in_time,
       trust_email = excluded.trust_email, default_roles = excluded.default_roles, claims = excluded.claims`,
    [
      id,
      tenantId,
      name,
      issuer,
      clientId,
      audience,
      JSON.stringify(scopes),
      justInTime,
      trustEmail,
      JSON.stringify(defaultRoles),
      JSON.stringify(claims),
    ],
  );
  if (clientSecret === undefined) return;
  await em.execute('update tenants.identity_provider set client_secret = ? where id = ?', [clientSecret, id]);
}

/** Takes it away with all who were known through it, and with the roles that it gave by its claims. */
export async function deleteProvider(em: EntityManager, id: string): Promise<void> {
  await em.execute('delete from tenants.assignment where assigned_by = ?', [assignedByProvider(id)]);
  await em.execute('delete from tenants.identity_provider where id = ?', [id]);
}

/** Who stands as `assigned_by` on a role that somebody holds for as long as the provider's claims say so. */
export const assignedByProvider = (id: string): string => `provider:${id}`;

export const forgetIdentities = (em: EntityManager, providerId: string): Promise<unknown> =>
  em.execute('delete from tenants.identity where provider_id = ?', [providerId]);

/** As `doorkeeper`: whose provider an issuer is, or how the people of a tenant sign in, is asked before anybody is known. */
export const providersAtTheDoor = (
  em: EntityManager,
  by: 'issuer' | 'tenant',
  value: string,
): Promise<ProviderAtTheDoor[]> =>
  em.execute(
    `select p.id, p.tenant_id as "tenantId", t.name as "tenantName", p.issuer, p.client_id as "clientId",
       p.client_secret as "clientSecret", p.audience, p.scopes, p.active
     from tenants.identity_provider p join tenants.tenant t on t.tenant_id = p.tenant_id
     where ${by === 'issuer' ? 'p.issuer' : 't.name'} = ? order by p.id`,
    [value],
  );

/** Puts a sealed secret where the change that needs it finds it: changes that wait are shown, and logged, in full. */
export async function putSecretAway(em: EntityManager, tenantId: string, sealed: string): Promise<string> {
  // Those of changes that were rejected, or never came to be.
  await em.execute(
    `delete from tenants.secret_in_waiting s where created_at < statement_timestamp() - interval '1 hour'
       and not exists (select from tenants.access_change c where c.status = 'WAITING' and c.input ->> 'secretId' = s.id::text)`,
  );
  const id = newId();
  await em.execute('insert into tenants.secret_in_waiting (id, tenant_id, sealed) values (?, ?, ?)', [
    id,
    tenantId,
    sealed,
  ]);
  return id;
}

/** The sealed secret, which is not kept any more; null where there is none. */
export async function takeSecret(em: EntityManager, id: string): Promise<string | null> {
  const [row]: { sealed: string }[] = await em.execute(
    'delete from tenants.secret_in_waiting where id = ? returning sealed',
    [id],
  );
  return row?.sealed ?? null;
}

const asProvider = (row: Provider): Provider => ({ ...row, createdAt: new Date(row.createdAt) });
