import type { LogHead } from './chain.ts';
import type { EntryRun } from './entry-run.ts';
import type { AbsentValue, Finding } from './finding.ts';
import { GrowingTree } from './growing-tree.ts';
import { rootOf } from './merkle.ts';
import { RecentKeys } from './recent-keys.ts';
import type { FollowedEntry, LinkedEntry } from './verify-entry.ts';

/** How many actions' last entries, and how many entries with absent values, are remembered. */
const mostRemembered = 100_000;

/**
 * Follows entries in the order of their numbers: each link, the tree that they make, each action's own line, and which
 * values are no longer there. Its memory is bounded, however long the log is.
 */
export class ChainCheck {
  readonly #tell: (finding: Finding) => void;
  readonly #tenantId: string;
  #last: { seq: number; hash: string; sound: boolean };
  readonly #tree: GrowingTree;
  #chainedTo: number;
  readonly #actions = new RecentKeys(mostRemembered);
  /** The digests of the actions' last entries, by their slots. */
  #lastOfAction = Buffer.alloc(0);
  /** Whether an action's first entry that is seen here may not be its first one, since the file begins later. */
  readonly #beginsLater: boolean;
  readonly #absent = new RecentKeys(mostRemembered);
  /** What is absent of these entries, by their slots. */
  readonly #absentOf: { seq: number; fields: readonly string[] }[] = [];
  readonly #erased: AbsentValue[] = [];
  #absentCount = 0;
  #erasedCount = 0;

  constructor(from: LogHead, tell: (finding: Finding) => void) {
    this.#tell = tell;
    this.#tenantId = from.tenantId;
    this.#last = { seq: from.seq, hash: from.hash, sound: true };
    this.#tree = new GrowingTree({ size: from.treeSize, roots: from.frontier });
    this.#chainedTo = from.seq;
    this.#beginsLater = from.seq > 0;
  }

  follow({ entry, sound, position, absent, erases }: FollowedEntry): void {
    const { seq } = entry;
    const at = { seq, position, entryId: entry.id };
    const linked = seq === this.#last.seq + 1 && entry.previousHash === this.#last.hash;
    if (linked && sound && this.#chainedTo === seq - 1) this.#chainedTo = seq;
    if (seq === this.#last.seq + 1 && !linked && sound && this.#last.sound) {
      const before = this.#last.seq === 0 ? "the log's beginning" : `entry ${this.#last.seq}`;
      this.#tell({ ...at, code: 'REPLACED', message: `Entry ${seq} does not follow from ${before}.` });
    }
    this.#checkAction(entry, at);
    if (this.#tree.size === seq - 1) this.#tree.append(entry.hash);
    this.#last = { seq, hash: entry.hash, sound };
    this.#noteAbsent(entry, absent);
    if (sound && erases) this.#noteErasure(seq, erases);
  }

  /**
   * Follows a whole run, if that comes to the same as following its entries one by one and nothing is to be told of them;
   * answers whether it did.
   */
  followRun({ first, last, previousHash, hash, actions, subtrees, absent }: EntryRun): boolean {
    if (first !== this.#last.seq + 1 || previousHash !== this.#last.hash) return false;
    if (!actions.every(({ id, before }) => this.#goesOn(id, before))) return false;
    if (this.#chainedTo === first - 1) this.#chainedTo = last;
    for (const { id, last: digest } of actions) this.#noteAction(id, digest);
    if (this.#tree.size === first - 1) for (const subtree of subtrees) this.#tree.graft(subtree);
    this.#last = { seq: last, hash, sound: true };
    for (const { seq, id, fields } of absent) this.#noteAbsent({ seq, id }, fields);
    return true;
  }

  /** Number of the last entry of the unbroken run from the start. */
  get chainedTo(): number {
    return this.#chainedTo;
  }

  get lastSeq(): number {
    return this.#last.seq;
  }

  /** How many leaves the tree has; it stops growing where an entry is missing. */
  get size(): number {
    return this.#tree.size;
  }

  get root(): string {
    return rootOf(this.#tree.frontier);
  }

  /** Where the log stands behind the last entry: what a file that goes on from here is verified from. */
  get head(): LogHead {
    const { seq, hash } = this.#last;
    return { tenantId: this.#tenantId, seq, hash, treeSize: this.#tree.size, frontier: this.#tree.frontier.roots };
  }

  /** Values that are absent: how many no entry accounts for, how many an ERASURE entry does, and the first of these. */
  get absent(): { withheld: number; erased: number; erasures: readonly AbsentValue[] } {
    return { withheld: this.#absentCount - this.#erasedCount, erased: this.#erasedCount, erasures: this.#erased };
  }

  #checkAction(entry: LinkedEntry, at: { seq: number; position: number; entryId: string }): void {
    const { actionId } = entry;
    if (actionId === null) return;
    const goesOn = this.#goesOn(actionId, entry.previousOfAction);
    this.#noteAction(actionId, entry.contentDigest);
    if (goesOn) return;
    const message = `Entry ${entry.seq} does not name the entry before it of action ${actionId}.`;
    this.#tell({ ...at, code: 'ACTION_GAP', message });
  }

  /** Whether an entry that names this one before it is the action's next, as far as is remembered. */
  #goesOn(actionId: string, before: string | null): boolean {
    const slot = this.#actions.find(actionId);
    if (slot < 0) return before === null || this.#beginsLater || this.#actions.forgetful;
    return before === this.#lastOfAction.toString('hex', slot * 32, (slot + 1) * 32);
  }

  #noteAction(actionId: string, digest: string): void {
    const slot = this.#actions.put(actionId);
    if (this.#lastOfAction.length < this.#actions.slots * 32) {
      this.#lastOfAction = Buffer.concat([this.#lastOfAction], this.#actions.slots * 32);
    }
    this.#lastOfAction.write(digest, slot * 32, 'hex');
  }

  #noteAbsent({ seq, id }: Pick<LinkedEntry, 'seq' | 'id'>, fields: readonly string[]): void {
    if (fields.length === 0) return;
    this.#absentCount += fields.length;
    const slot = this.#absent.put(id);
    const known = this.#absentOf[slot];
    if (known) Object.assign(known, { seq, fields });
    else this.#absentOf[slot] = { seq, fields };
  }

  #noteErasure(erasedBy: number, { entryId, fields }: NonNullable<FollowedEntry['erases']>): void {
    const absent = this.#absentOf[this.#absent.find(entryId)];
    if (!absent) return;
    const erased = absent.fields.filter((field) => fields.has(field));
    // What is erased once is not erased again.
    absent.fields = absent.fields.filter((field) => !fields.has(field));
    this.#erasedCount += erased.length;
    if (this.#erased.length >= mostRemembered) return;
    this.#erased.push(...erased.map((field) => ({ seq: absent.seq, entryId, field, erasedBy })));
  }
}
