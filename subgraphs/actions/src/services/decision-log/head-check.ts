import type { KeyObject } from 'node:crypto';
import type { ChainCheck } from './chain-check.ts';
import type { Finding } from './finding.ts';
import { distrustOf, type TreeHead, treeHeadSchema } from './tree-head.ts';

/** Most heads that wait for the entries that they speak of. */
const mostWaiting = 1_000;

/** Holds signed tree heads against the tree that the entries make. Only heads of trusted keys say anything. */
export class HeadCheck {
  readonly #tell: (finding: Finding) => void;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #chain: ChainCheck;
  readonly #tenantId: string;
  readonly #waiting = new Map<number, { head: TreeHead; line: number | null }[]>();
  readonly #distrusted = new Set<string>();
  #attestedTo: number;
  #newest: TreeHead | null = null;

  constructor(
    parts: { tenantId: string; keys: ReadonlyMap<string, KeyObject>; chain: ChainCheck },
    tell: (finding: Finding) => void,
  ) {
    this.#tenantId = parts.tenantId;
    this.#keys = parts.keys;
    this.#chain = parts.chain;
    this.#tell = tell;
    this.#attestedTo = parts.chain.size;
  }

  /**
   * A head that stands in the file on this line, right behind the entry that it stands at, or null for one that was kept
   * elsewhere.
   */
  take(candidate: unknown, line: number | null): void {
    const place = line === null ? {} : { position: line };
    const parsed = treeHeadSchema.safeParse(candidate);
    if (!parsed.success) {
      this.#tell({ ...place, code: 'MALFORMED', seq: null, message: 'A tree head is not of format 1.' });
      return;
    }
    const head = parsed.data;
    const { treeSize } = head;
    if (!this.#trusts(head, place)) return;
    if (treeSize === this.#chain.size) {
      this.#compare(head, place);
      return;
    }
    if (treeSize < this.#chain.size) {
      // One from elsewhere may well be older than the file; in the file each stands where the log was as large.
      if (line !== null) this.#misplaced(head, place);
      return;
    }
    // An entry before it is missing, which is told elsewhere: there is no tree to compare it with.
    if (treeSize <= this.#chain.lastSeq) return;
    if (this.#waiting.size >= mostWaiting) this.#misplaced(head, place);
    else this.#waiting.set(treeSize, [...(this.#waiting.get(treeSize) ?? []), { head, line }]);
  }

  /** The tree has grown: heads that waited for this size have their turn. */
  grown(): void {
    if (this.#waiting.size === 0) return;
    const due = this.#waiting.get(this.#chain.size) ?? [];
    this.#waiting.delete(this.#chain.size);
    for (const { head, line } of due) {
      if (line !== null) this.#misplaced(head, { position: line });
      this.#compare(head, line === null ? {} : { position: line });
    }
  }

  /** Whether a head waits for a size from the one to the other. */
  awaits(first: number, last: number): boolean {
    for (const size of this.#waiting.keys()) if (size >= first && size <= last) return true;
    return false;
  }

  /** Nothing comes any more. */
  end(): void {
    const last = this.#chain.lastSeq;
    const furthest = Math.max(0, ...this.#waiting.keys());
    if (furthest > last) {
      const message = `Missing at the end: ${run(last + 1, furthest)}. A signed tree head speaks of ${furthest} entries.`;
      this.#tell({ code: 'TRUNCATED', seq: last + 1, toSeq: furthest, message });
    }
    if (this.#attestedTo >= last) return;
    const message = `No trusted tree head covers ${run(this.#attestedTo + 1, last)}.`;
    this.#tell({ code: 'UNATTESTED', seq: this.#attestedTo + 1, toSeq: last, message });
  }

  /** Number of the last entry that a trusted, matching head covers. */
  get attestedTo(): number {
    return this.#attestedTo;
  }

  /** The newest head that holds. */
  get newest(): TreeHead | null {
    return this.#newest;
  }

  #trusts(head: TreeHead, place: { position?: number }): boolean {
    const reason = distrustOf(head, { tenantId: this.#tenantId, keys: this.#keys });
    if (reason === null) return true;
    // Of a key that is not trusted there may be thousands of heads.
    const unknown = !this.#keys.has(head.keyId);
    if (unknown && this.#distrusted.has(head.keyId)) return false;
    if (unknown && this.#distrusted.size < mostWaiting) this.#distrusted.add(head.keyId);
    const message = `The tree head at ${head.treeSize} says nothing about this log: ${reason}.`;
    this.#tell({ ...place, code: 'HEAD_NOT_TRUSTED', seq: head.treeSize, message });
    return false;
  }

  #compare(head: TreeHead, place: { position?: number }): void {
    if (head.rootHash === this.#chain.root) {
      if (head.treeSize >= this.#attestedTo) this.#newest = head;
      this.#attestedTo = Math.max(this.#attestedTo, head.treeSize);
      return;
    }
    const message = `The tree head signed at ${head.sealedAt} has another root than ${run(1, head.treeSize)} here: one after entry ${this.#attestedTo} was rewritten.`;
    this.#tell({ ...place, code: 'HEAD_MISMATCH', seq: this.#attestedTo + 1, toSeq: head.treeSize, message });
  }

  #misplaced({ treeSize }: TreeHead, place: { position?: number }): void {
    const message = `The tree head at ${treeSize} does not stand behind entry ${treeSize}.`;
    this.#tell({ ...place, code: 'REORDERED', seq: treeSize, message });
  }
}

const run = (first: number, last: number): string => (first >= last ? `entry ${first}` : `entries ${first} to ${last}`);
