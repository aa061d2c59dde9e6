import { type EntityManager, writeLast } from '@countersign/kernel';
import type { ToolHealth } from './entities/tool-health.ts';
import type { LogHead, SealedEntry, TreeHead, TreeNode } from './services/decision-log/index.ts';

/** An action that a loop works on. */
export interface DueAction {
  readonly id: string;
  readonly tenantId: string;
  readonly lane: 'INTERACTIVE' | 'BATCH';
}

/** How much of what is due is taken at once: of each tenant, its interactive actions first, and in all. */
export interface Share {
  readonly ofTenant: number;
  readonly limit: number;
}

/** Of each tenant the first few, and the first of all tenants before the second of any. */
const inTurns = (where: string, order: string): string =>
  `select id, tenant_id as "tenantId", lane from (
     select action.id, action.tenant_id, action.lane,
       row_number() over (partition by action.tenant_id order by action.lane desc, ${order}, action.id) as turn
     from actions.action as action where ${where}) as due
   where turn <= ? order by turn, tenant_id limit ?`;

/** That the tool is left alone, whatever is asked of it or, as said, when it is to change something. */
const leftAlone = (when: string): string =>
  `exists (select from actions.connector_health as health
     where health.tenant_id = action.tenant_id and health.tool = action.tool and health.state <> 'CLOSED'
       and health.next_probe_at > ? and ${when})`;

/**
 * Actions in flight that nobody works on any more, of all tenants, and of whose outcome something can be found out.
 * `alone`: no other process works on any.
 */
export const dueActions = (
  em: EntityManager,
  due: Share & { now: Date; owner: string; alone: boolean },
): Promise<DueAction[]> =>
  em.execute(
    inTurns(
      `action.status in ('EXECUTING', 'UNKNOWN', 'SUBMITTED')
         and (action.lease_until is null or action.lease_until <= ?
              or (? and action.lease_owner is not null and action.lease_owner <> ?))
         and not ${leftAlone('(health.reads_fail or action.undo_of_id is not null)')}`,
      'action.lease_until nulls first',
    ),
    [due.now, due.alone, due.owner, due.now, due.ofTenant, due.limit],
  );

/** Actions that are to be tried again by now, of all tenants, where their tools are not left alone. */
export const retriableActions = (em: EntityManager, now: Date, share: Share): Promise<DueAction[]> =>
  em.execute(
    inTurns(`action.status = 'FAILED' and action.retry_at <= ? and not ${leftAlone('true')}`, 'action.retry_at'),
    [now, now, share.ofTenant, share.limit],
  );

/** Actions that wait for their tools to be well, and may be tried now, of all tenants. */
export const waitingActions = (em: EntityManager, now: Date, share: Share): Promise<DueAction[]> =>
  em.execute(
    inTurns(
      `action.status = 'APPROVED' and action.waiting_since is not null and action.waiting_due <= ?
         and not ${leftAlone('true')}`,
      'action.waiting_due, action.waiting_since',
    ),
    [now, now, share.ofTenant, share.limit],
  );

/** What is known of a tool that is not well. */
export type SickTool = Omit<ToolHealth, 'id' | 'connector'>;

/** The tools that are not well, of the tenants that the role sees. */
export async function sickTools(em: EntityManager): Promise<SickTool[]> {
  const rows: SickTool[] = await em.execute(
    `select tenant_id as "tenantId", tool, state, reads_fail as "readsFail", writes_fail as "writesFail", reason,
       failures, probes, since, next_probe_at as "nextProbeAt"
     from actions.connector_health where state <> 'CLOSED' order by tool`,
  );
  // The two drivers give times as they like.
  return rows.map((row) => ({ ...row, since: new Date(row.since), nextProbeAt: new Date(row.nextProbeAt) }));
}

/** Actions whose time has run out before they were begun, of all tenants. What waits in a bundle ends with it. */
export const expiringActions = (
  em: EntityManager,
  now: Date,
  limit: number,
): Promise<{ id: string; tenantId: string }[]> =>
  em.execute(
    `select id, tenant_id as "tenantId" from actions.action
     where status in ('PROPOSED', 'AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED') and expires_at <= ?
       and (bundle_id is null or status in ('STALE', 'FAILED'))
     order by expires_at limit ?`,
    [now, limit],
  );

/** Bundles under way that nobody works on, of all tenants. `alone`: no other process works on any. */
export const dueBundles = (
  em: EntityManager,
  due: { now: Date; owner: string; alone: boolean; limit: number },
): Promise<{ id: string; tenantId: string }[]> =>
  em.execute(
    `select id, tenant_id as "tenantId" from actions.bundle
     where status in ('EXECUTING', 'COMPENSATING')
       and (lease_until is null or lease_until <= ? or (? and lease_owner is not null and lease_owner <> ?))
     order by lease_until nulls first limit ?`,
    [due.now, due.alone, due.owner, due.limit],
  );

/** Bundles whose time has run out before they were begun, of all tenants. */
export const expiringBundles = (
  em: EntityManager,
  now: Date,
  limit: number,
): Promise<{ id: string; tenantId: string }[]> =>
  em.execute(
    `select id, tenant_id as "tenantId" from actions.bundle
     where status in ('AWAITING_APPROVAL', 'APPROVED') and expires_at <= ? order by expires_at limit ?`,
    [now, limit],
  );

/** Of the caller's tenant: the id of the action that this one undoes. */
export async function idOfUndone(em: EntityManager, actionId: string): Promise<string | null> {
  const [row]: { undoOfId: string | null }[] = await em.execute(
    'select undo_of_id as "undoOfId" from actions.action where id = ?',
    [actionId],
  );
  return row?.undoOfId ?? null;
}

/** Tenants with entries that are not sealed yet. */
export const tenantsToSeal = (em: EntityManager): Promise<{ tenantId: string }[]> =>
  em.execute('select distinct tenant_id as "tenantId" from actions.log_entry where seq is null limit 100');

/** Locks the tenant's head, which is made when there is none. */
export async function lockHead(em: EntityManager, empty: LogHead): Promise<LogHead> {
  const head = await findHead(em, empty.tenantId);
  if (head) return head;
  await em.execute(
    `insert into actions.log_head (tenant_id, seq, hash, tree_size, frontier) values (?, ?, ?, ?, ?::jsonb)
     on conflict (tenant_id) do nothing`,
    [empty.tenantId, empty.seq, empty.hash, empty.treeSize, JSON.stringify(empty.frontier)],
  );
  return (await findHead(em, empty.tenantId)) ?? empty;
}

async function findHead(em: EntityManager, tenantId: string): Promise<LogHead | undefined> {
  const [head]: LogHead[] = await em.execute(
    `select tenant_id as "tenantId", seq, hash, tree_size as "treeSize", frontier
     from actions.log_head where tenant_id = ? for update`,
    [tenantId],
  );
  return head;
}

/** Records what sealing gave: the entries' places, the tree's complete nodes, the new head. */
export function storeSeals(
  em: EntityManager,
  seals: { sealed: readonly SealedEntry[]; nodes: readonly TreeNode[]; head: LogHead },
): void {
  const { tenantId, seq, hash, treeSize, frontier } = seals.head;
  const places = seals.sealed.map((entry) => ({
    id: entry.id,
    seq: entry.seq,
    content_digest: entry.contentDigest,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  }));
  writeLast(
    em,
    `update actions.log_entry as entry
     set seq = place.seq, content_digest = place.content_digest, previous_hash = place.previous_hash, hash = place.hash
     from jsonb_to_recordset(?::jsonb)
       as place (id uuid, seq integer, content_digest text, previous_hash text, hash text)
     where entry.id = place.id and entry.seq is null`,
    [JSON.stringify(places)],
  );
  writeLast(
    em,
    `insert into actions.log_node (tenant_id, level, index, hash)
     select ?::uuid, node.level, node.index, node.hash
     from jsonb_to_recordset(?::jsonb) as node (level integer, index integer, hash text)`,
    [tenantId, JSON.stringify(seals.nodes)],
  );
  writeLast(
    em,
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

/** Keeps what was signed about a tenant's log. */
export function storeTreeHead(em: EntityManager, head: TreeHead): void {
  writeLast(
    em,
    `insert into actions.log_tree_head (tenant_id, tree_size, root_hash, sealed_at, key_id, signature)
     values (?, ?, ?, ?, ?, ?)`,
    [head.tenantId, head.treeSize, head.rootHash, head.sealedAt, head.keyId, head.signature],
  );
}

/** Publishes a key; of the keys that are made here only the first. */
export async function publishLogKey(
  em: EntityManager,
  key: { id: string; publicKey: string; sealedPrivateKey: string | null },
): Promise<void> {
  await em.execute(
    `insert into actions.log_key (id, public_key, sealed_private_key) values (?, ?, ?) on conflict do nothing`,
    [key.id, key.publicKey, key.sealedPrivateKey],
  );
}

/** The key that was made here, for the sealer alone. */
export async function keptLogKey(em: EntityManager): Promise<{ id: string; sealedPrivateKey: string } | undefined> {
  const [kept]: { id: string; sealedPrivateKey: string }[] = await em.execute(
    `select id, sealed_private_key as "sealedPrivateKey" from actions.log_key where sealed_private_key is not null`,
  );
  return kept;
}

/** All public keys that ever signed, the oldest first. */
export const publicLogKeys = (em: EntityManager): Promise<{ id: string; publicKey: string }[]> =>
  em.execute('select id, public_key as "publicKey" from actions.log_key order by created_at, id');

/** Takes values and their salts out of one entry of the caller's tenant. */
export async function eraseLogValues(em: EntityManager, entryId: string, fields: readonly string[]): Promise<void> {
  await em.execute(`select actions.erase_log_values(?::uuid, array(select jsonb_array_elements_text(?::jsonb)))`, [
    entryId,
    JSON.stringify(fields),
  ]);
}

/** Sizes and keys of the caller's tenant's signed heads. */
export const headsIn = (
  em: EntityManager,
  { above, to }: { above: number; to: number },
): Promise<{ treeSize: number; keyId: string }[]> =>
  em.execute(
    `select tree_size as "treeSize", key_id as "keyId" from actions.log_tree_head
     where tree_size > ? and tree_size <= ? order by tree_size`,
    [above, to],
  );

/**
 * The numbers of the first sealed entry from one moment on and of the last one before another: all between belong to
 * the run, since entries are not sealed in the very order of their times. `end` is `start - 1` where there are none.
 */
export async function runBetween(
  em: EntityManager,
  since: Date | null,
  until: Date | null,
): Promise<{ start: number; end: number }> {
  const [found]: { first: number | null; last: number | null; size: number }[] = await em.execute(
    `select (select seq from actions.log_entry
             where seq is not null and occurred_at >= coalesce(?::timestamptz, '-infinity') order by seq limit 1) as first,
            (select seq from actions.log_entry
             where seq is not null and occurred_at < coalesce(?::timestamptz, 'infinity') order by seq desc limit 1) as last,
            (select coalesce(max(seq), 0) from actions.log_entry) as size`,
    [since, until],
  );
  const start = found?.first ?? (found?.size ?? 0) + 1;
  return { start, end: Math.max(found?.last ?? 0, start - 1) };
}
