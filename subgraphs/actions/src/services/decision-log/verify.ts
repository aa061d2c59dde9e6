import type { KeyObject } from 'node:crypto';
import { emptyHead, type LogHead } from './chain.ts';
import { type AbsentValue, type Finding, runOf } from './finding.ts';
import { appendLeaf, leafHash, rootOf } from './merkle.ts';
import { distrustOf, type TreeHead, treeHeadSchema } from './tree-head.ts';
import { absentFields, type ReadEntry, readEntry } from './verify-entry.ts';

export interface LogReport {
  /** True when nothing was found. Whether anything vouches for the log's end is said by `attestedTo`. */
  ok: boolean;
  findings: Finding[];
  absent: AbsentValue[];
  /** Number of the last entry of the unbroken run from the start; 0 when there is none. */
  chainedTo: number;
  /** Number of the last entry that a trusted, matching tree head covers. What comes after it could still be cut off. */
  attestedTo: number;
}

/**
 * Verifies sealed entries, as they were exported or read, against themselves and against signed tree heads. Whoever
 * can write to the log can also reseal it: only a tree head kept elsewhere reveals that, and only it reveals that the
 * end was cut off.
 *
 * @param entries in log order; anything may be in it
 * @param options.from the head that the first entry follows, for an export that begins later; the log's beginning if absent
 * @param options.keys the trusted public keys by key id
 */
export function verifyLog(
  entries: readonly unknown[],
  options: {
    tenantId: string;
    from?: LogHead;
    heads?: readonly unknown[];
    keys?: ReadonlyMap<string, KeyObject>;
  },
): LogReport {
  const findings: Finding[] = [];
  const from = options.from ?? emptyHead(options.tenantId);
  const read = entries
    .map((entry, position) => readEntry(entry, { tenantId: options.tenantId, position }, findings))
    .filter((entry) => entry !== null);
  const heads = trustedHeads(options.heads ?? [], options, findings);

  const line = oneEntryPerNumber(read, from, findings);
  findMisplaced(read, line, findings);
  const chainedTo = findBreaks(line, from, Math.max(0, ...heads.map((head) => head.treeSize)), findings);
  findActionGaps(line, from, findings);
  const attestedTo = checkHeads(heads, line, from, findings);
  return { ok: findings.length === 0, findings, absent: absentValues(line), chainedTo, attestedTo };
}

/** Of several entries under one number, the one that the chain goes through is taken; the others were inserted. */
function oneEntryPerNumber(read: ReadEntry[], from: LogHead, findings: Finding[]): ReadEntry[] {
  const hashes = new Set([from.hash, ...read.map(({ entry }) => entry.hash)]);
  const links = new Set(read.map(({ entry }) => entry.previousHash));
  const ranked = read
    .map((candidate, place) => {
      const { previousHash, hash } = candidate.entry;
      const follows = previousHash === (read[place - 1]?.entry.hash ?? from.hash);
      const linked = (links.has(hash) ? 4 : 0) + (hashes.has(previousHash) ? 2 : 0);
      return { candidate, standing: (candidate.sound ? 8 : 0) + linked + (follows ? 1 : 0) };
    })
    .sort((a, b) => b.standing - a.standing || a.candidate.position - b.candidate.position);
  const bySeq = new Map<number, ReadEntry>();
  const ids = new Set<string>();
  for (const { candidate } of ranked) {
    const { seq, id } = candidate.entry;
    const place = { code: 'INSERTED', seq, position: candidate.position, entryId: id } as const;
    if (seq <= from.seq) {
      findings.push({ ...place, message: `Entry ${seq} stands in a list that begins after entry ${from.seq}.` });
    } else if (bySeq.has(seq)) {
      findings.push({ ...place, message: `There is another entry ${seq}, and the chain goes through that one.` });
    } else {
      if (ids.has(id)) findings.push({ ...place, message: `The id of entry ${seq} is already that of another entry.` });
      ids.add(id);
      bySeq.set(seq, candidate);
    }
  }
  return [...bySeq.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

function findMisplaced(read: ReadEntry[], line: ReadEntry[], findings: Finding[]): void {
  const taken = new Set(line);
  const presented = read.filter((entry) => taken.has(entry));
  for (const [place, { entry, position }] of presented.entries()) {
    if (line[place]?.entry === entry) continue;
    const message = `Entry ${entry.seq} stands where entry ${line[place]?.entry.seq} belongs.`;
    findings.push({ code: 'REORDERED', seq: entry.seq, position, entryId: entry.id, message });
  }
}

function findBreaks(line: ReadEntry[], from: LogHead, expected: number, findings: Finding[]): number {
  let last = { seq: from.seq, hash: from.hash, sound: true };
  let chainedTo = from.seq;
  for (const { entry, sound, position } of line) {
    const { seq } = entry;
    if (seq > last.seq + 1) {
      findings.push({
        code: 'REMOVED',
        seq: last.seq + 1,
        toSeq: seq - 1,
        message: `${runOf(last.seq + 1, seq - 1)} missing; the next is entry ${seq}.`,
      });
    } else if (entry.previousHash === last.hash) {
      if (sound && chainedTo === seq - 1) chainedTo = seq;
    } else if (sound && last.sound) {
      const message = `Entry ${seq} does not follow from ${last.seq === 0 ? "the log's beginning" : `entry ${last.seq}`}.`;
      findings.push({ code: 'REPLACED', seq, position, entryId: entry.id, message });
    }
    last = { seq, hash: entry.hash, sound };
  }
  if (expected > last.seq) {
    findings.push({
      code: 'TRUNCATED',
      seq: last.seq + 1,
      toSeq: expected,
      message: `${runOf(last.seq + 1, expected)} missing at the end: a signed tree head speaks of ${expected} entries.`,
    });
  }
  return chainedTo;
}

function findActionGaps(line: ReadEntry[], from: LogHead, findings: Finding[]): void {
  const lastOf = new Map<string, string>();
  for (const { entry, position } of line) {
    if (entry.actionId === null) continue;
    const earlier = lastOf.get(entry.actionId);
    lastOf.set(entry.actionId, entry.contentDigest);
    // What an action did before the list begins cannot be known here.
    if (earlier === undefined && from.seq > 0) continue;
    if (entry.previousOfAction === (earlier ?? null)) continue;
    const message = `Entry ${entry.seq} does not name the entry before it of action ${entry.actionId}.`;
    findings.push({ code: 'ACTION_GAP', seq: entry.seq, position, entryId: entry.id, message });
  }
}

function trustedHeads(
  heads: readonly unknown[],
  { tenantId, keys }: { tenantId: string; keys?: ReadonlyMap<string, KeyObject> },
  findings: Finding[],
): TreeHead[] {
  return heads.flatMap((candidate) => {
    const parsed = treeHeadSchema.safeParse(candidate);
    if (!parsed.success) {
      findings.push({ code: 'MALFORMED', seq: null, message: 'A tree head is not of format 1.' });
      return [];
    }
    const head = parsed.data;
    const reason = distrustOf(head, { tenantId, keys });
    if (reason === null) return [head];
    const message = `The tree head at ${head.treeSize} says nothing about this log: ${reason}.`;
    findings.push({ code: 'HEAD_NOT_TRUSTED', seq: head.treeSize, message });
    return [];
  });
}

function checkHeads(heads: TreeHead[], line: ReadEntry[], from: LogHead, findings: Finding[]): number {
  let tree = { size: from.treeSize, roots: from.frontier };
  let next = 0;
  let attestedTo = 0;
  for (const head of [...heads].sort((a, b) => a.treeSize - b.treeSize)) {
    for (; tree.size < head.treeSize && line[next]?.entry.seq === tree.size + 1; next += 1) {
      tree = appendLeaf(tree, leafHash(line[next]?.entry.hash ?? '')).frontier;
    }
    // Older than the list, or beyond a gap: found elsewhere, or nothing to compare.
    if (tree.size !== head.treeSize) continue;
    if (rootOf(tree) === head.rootHash) {
      attestedTo = head.treeSize;
      continue;
    }
    const message = `The tree head signed at ${head.sealedAt} has another root than ${runOf(1, head.treeSize)} here: one after entry ${attestedTo} was rewritten.`;
    findings.push({ code: 'HEAD_MISMATCH', seq: attestedTo + 1, toSeq: head.treeSize, message });
  }
  return attestedTo;
}

function absentValues(line: ReadEntry[]): AbsentValue[] {
  const erasures = line.filter(({ entry, sound }) => sound && entry.kind === 'ERASURE').map(({ entry }) => entry);
  return line.flatMap(({ entry }) =>
    absentFields(entry).map((field) => {
      const erasure = erasures.find(
        ({ facts }) =>
          facts.entryId === entry.id && Array.isArray(facts.fields) && facts.fields.some((name) => name === field),
      );
      return { seq: entry.seq, entryId: entry.id, field, erasedBy: erasure?.seq ?? null };
    }),
  );
}
