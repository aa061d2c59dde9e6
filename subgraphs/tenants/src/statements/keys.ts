import { type EntityManager, isUuid } from '@countersign/kernel';

export interface KnownKey {
  readonly ownerId: string;
  readonly connector: string | null;
  readonly lastUsedAt: Date | null;
}

export async function ownerOfKey(em: EntityManager, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const [row]: { owner_id: string }[] = await em.execute('select owner_id from tenants.api_key where id = ?', [id]);
  return row?.owner_id ?? null;
}

/** The key, if the hash is that of its secret. Whether it still opens anything is for `kernel.access_of` to say. */
export async function keyOfSecret(em: EntityManager, id: string, secretHash: string): Promise<KnownKey | null> {
  if (!isUuid(id)) return null;
  const [row]: { ownerId: string; connector: string | null; lastUsedAt: Date | string | null }[] = await em.execute(
    `select owner_id as "ownerId", connector, last_used_at as "lastUsedAt" from tenants.api_key
     where id = ? and secret_hash = ?`,
    [id, secretHash],
  );
  return row ? { ...row, lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt) } : null;
}

/** Writes down that the key was used now, unless that was done within the time given. */
export async function noteKeyUse(em: EntityManager, id: string, now: Date, withinMs: number): Promise<void> {
  await em.execute(
    'update tenants.api_key set last_used_at = ? where id = ? and (last_used_at is null or last_used_at <= ?)',
    [now, id, new Date(now.getTime() - withinMs)],
  );
}
