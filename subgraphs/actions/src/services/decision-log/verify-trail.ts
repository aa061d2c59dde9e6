import type { Digest } from './canonical.ts';
import type { AbsentValue, Finding } from './finding.ts';
import { leafHash } from './merkle.ts';
import { verifyInclusion } from './proofs.ts';
import { absentFields, readEntry } from './verify-entry.ts';

/**
 * Verifies what the log has of one action without the rest of the log: each entry is sound, names the one before it,
 * and is in the tree whose root is given. The root is believed; check its head with `verifyTreeHead` first. That the
 * last entry is the action's last cannot be seen from a trail alone: compare it with the action.
 *
 * @param trail in log order, each entry with its inclusion proof
 */
export function verifyActionTrail(
  trail: readonly { entry: unknown; proof: readonly Digest[] }[],
  tree: { tenantId: string; actionId: string; treeSize: number; rootHash: Digest },
): { ok: boolean; findings: Finding[]; absent: AbsentValue[] } {
  const findings: Finding[] = [];
  const absent: AbsentValue[] = [];
  let previous: Digest | null = null;
  let lastSeq = 0;
  for (const [position, { entry: candidate, proof }] of trail.entries()) {
    const read = readEntry(candidate, { tenantId: tree.tenantId, position }, findings);
    if (read === null) continue;
    const { entry } = read;
    const at = { seq: entry.seq, position, entryId: entry.id };
    if (entry.actionId !== tree.actionId) {
      findings.push({ ...at, code: 'FOREIGN', message: `Entry ${entry.seq} is not of action ${tree.actionId}.` });
    }
    if (entry.seq <= lastSeq) {
      findings.push({
        ...at,
        code: 'REORDERED',
        message: `Entry ${entry.seq} stands after entry ${lastSeq}.`,
      });
    }
    if (entry.previousOfAction !== previous) {
      findings.push({
        ...at,
        code: 'ACTION_GAP',
        message: `Entry ${entry.seq} does not name the entry before it of its action: one is missing or was replaced.`,
      });
    }
    const claim = { leaf: leafHash(entry.hash), index: entry.seq - 1, size: tree.treeSize, root: tree.rootHash };
    if (!verifyInclusion(claim, proof)) {
      findings.push({
        ...at,
        code: 'NOT_INCLUDED',
        message: `The proof of entry ${entry.seq} does not lead to the root of the ${tree.treeSize} entries.`,
      });
    }
    absent.push(...absentFields(entry).map((field) => ({ ...atEntry(entry), field, erasedBy: null })));
    previous = entry.contentDigest;
    lastSeq = entry.seq;
  }
  return { ok: findings.length === 0, findings, absent };
}

function atEntry(entry: { seq: number; id: string }): { seq: number; entryId: string } {
  return { seq: entry.seq, entryId: entry.id };
}
