import type { EntityManager } from '@countersign/kernel';
import type { LogHead, SealedEntry, TreeNode } from './services/decision-log/index.ts';

/** Actions in flight that nobody works on any more, of all tenants. `alone`: no other process works on any. */
export const dueActions = (
  em: EntityManager,
  due: { now: Date; owner: string; alone: boolean; limit: number },
): Promise<{ id: string; tenantId: string }[]> =>
  em.execute(
    `select id, tenant_id as "tenantId" from actions.action
     where status in ('EXECUTING', 'UNKNOWN')
       and (lease_until is null or lease_until <= ? or (? and lease_owner is not null and lease_owner <> ?))
     order by lease_until nulls first limit ?`,
    [due.now, due.alone, due.owner, due.limit],
  );

/** Tenants with entries that are not sealed yet. */
export const tenantsToSeal = (em: EntityManager): Promise<{ tenantId: string }[]> =>
  em.execute('select distinct tenant_id as "tenantId" from actions.log_entry where seq is null limit 100');

/** Locks the tenant's head, which is made when there is none. */
export async function lockHead(em: EntityManager, empty: LogHead): Promise<LogHead> {
  await em.execute(
    `insert into actions.log_head (tenant_id, seq, hash, tree_size, frontier) values (?, ?, ?, ?, ?::jsonb)
     on conflict (tenant_id) do nothing`,
    [empty.tenantId, empty.seq, empty.hash, empty.treeSize, JSON.stringify(empty.frontier)],
  );
  const [head]: LogHead[] = await em.execute(
    `select tenant_id as "tenantId", seq, hash, tree_size as "treeSize", frontier
     from actions.log_head where tenant_id = ? for update`,
    [empty.tenantId],
  );
  return head ?? empty;
}

/** Records what sealing gave: the entries' places, the tree's complete nodes, the new head. */
export async function storeSeals(
  em: EntityManager,
  seals: { sealed: readonly SealedEntry[]; nodes: readonly TreeNode[]; head: LogHead },
): Promise<void> {
  const { tenantId, seq, hash, treeSize, frontier } = seals.head;
  const places = seals.sealed.map((entry) => ({
    id: entry.id,
    seq: entry.seq,
    content_digest: entry.contentDigest,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  }));
  await em.execute(
    `update actions.log_entry as entry
     set seq = place.seq, content_digest = place.content_digest, previous_hash = place.previous_hash, hash = place.hash
     from jsonb_to_recordset(?::jsonb)
       as place (id uuid, seq integer, content_digest text, previous_hash text, hash text)
     where entry.id = place.id and entry.seq is null`,
    [JSON.stringify(places)],
  );
  await em.execute(
    `insert into actions.log_node (tenant_id, level, index, hash)
     select ?::uuid, node.level, node.index, node.hash
     from jsonb_to_recordset(?::jsonb) as node (level integer, index integer, hash text)`,
    [tenantId, JSON.stringify(seals.nodes)],
  );
  await em.execute(
    'update actions.log_head set seq = ?, hash = ?, tree_size = ?, frontier = ?::jsonb where tenant_id = ?',
    [seq, hash, treeSize, JSON.stringify(frontier), tenantId],
  );
}

/** Nodes of the caller's tenant's tree. */
export const treeNodes = (
  em: EntityManager,
  wanted: readonly { level: number; index: number }[],
): Promise<TreeNode[]> =>
  em.execute(
    `select node.level, node.index, node.hash from actions.log_node as node
     join jsonb_to_recordset(?::jsonb) as wanted (level integer, index integer)
       on node.level = wanted.level and node.index = wanted.index`,
    [JSON.stringify(wanted)],
  );
