import { type Digest, digestOf } from './canonical.ts';
import { contentDigest, type LogEntry, type SealedEntry } from './entry.ts';
import { LogError } from './log-error.ts';
import { appendLeaf, leafHash, type TreeNode } from './merkle.ts';

/** Where a tenant's log stands: its last number and hash, and the Merkle tree's right edge. One row per tenant. */
export interface LogHead {
  tenantId: string;
  /** Number of the last sealed entry; 0 when there is none. Always equal to `treeSize`. */
  seq: number;
  hash: Digest;
  treeSize: number;
  /** Roots of the complete subtrees, largest first: one for each 1 in the binary form of `treeSize`. */
  frontier: Digest[];
}

/**
 * Numbers and chains entries in the order given, and grows the Merkle tree by them. `nodes` are the tree's nodes that
 * became complete: stored by level and index they make every later proof a matter of a few reads.
 *
 * @throws LogError LOG_TENANT_MISMATCH, LOG_HEAD_INCONSISTENT
 */
export function seal(
  head: LogHead,
  entries: readonly LogEntry[],
): { sealed: SealedEntry[]; nodes: TreeNode[]; head: LogHead } {
  if (head.treeSize !== head.seq) {
    throw new LogError('LOG_HEAD_INCONSISTENT', `The head is at entry ${head.seq}, its tree at ${head.treeSize}.`);
  }
  let { seq, hash: previousHash, frontier } = head;
  const sealed: SealedEntry[] = [];
  const nodes: TreeNode[] = [];
  for (const entry of entries) {
    if (entry.tenantId !== head.tenantId) {
      throw new LogError(
        'LOG_TENANT_MISMATCH',
        `Entry ${entry.id} is of tenant ${entry.tenantId}: it cannot be sealed into the log of ${head.tenantId}.`,
      );
    }
    const digest = contentDigest(entry);
    const hash = sealHash({ seq: seq + 1, previousHash, contentDigest: digest });
    sealed.push({ ...entry, seq: seq + 1, contentDigest: digest, previousHash, hash });
    const grown = appendLeaf({ size: seq, roots: frontier }, leafHash(hash));
    nodes.push(...grown.nodes);
    frontier = grown.frontier.roots;
    previousHash = hash;
    seq += 1;
  }
  return { sealed, nodes, head: { tenantId: head.tenantId, seq, hash: previousHash, treeSize: seq, frontier } };
}

/** The hash of an entry in its place. */
export function sealHash(place: { seq: number; previousHash: Digest; contentDigest: Digest }): Digest {
  return digestOf('countersign.log.seal', {
    format: 1,
    seq: place.seq,
    previousHash: place.previousHash,
    contentDigest: place.contentDigest,
  });
}

/** The head of a log without entries. Its hash differs per tenant, so no tenant's log is the beginning of another's. */
export function emptyHead(tenantId: string): LogHead {
  const hash = digestOf('countersign.log.genesis', { format: 1, tenantId });
  return { tenantId, seq: 0, hash, treeSize: 0, frontier: [] };
}

/**
 * The order to seal in: by time, and within an action by what each entry names as the one before it, since the times
 * of two transactions on two machines may be equal or even reversed.
 */
export function orderForSealing(entries: readonly LogEntry[]): LogEntry[] {
  const byDigest = new Map(entries.map((entry) => [contentDigest(entry), entry]));
  const placed = new Set<LogEntry>();
  for (const entry of [...entries].sort(byTimeThenId)) {
    const line: LogEntry[] = [];
    let next: LogEntry | undefined = entry;
    while (next !== undefined && !placed.has(next)) {
      line.push(next);
      next = next.previousOfAction === null ? undefined : byDigest.get(next.previousOfAction);
    }
    for (const earlier of line.reverse()) placed.add(earlier);
  }
  return [...placed];
}

function byTimeThenId(a: LogEntry, b: LogEntry): number {
  const [left, right] = [a.occurredAt + a.id, b.occurredAt + b.id];
  return left < right ? -1 : left > right ? 1 : 0;
}
