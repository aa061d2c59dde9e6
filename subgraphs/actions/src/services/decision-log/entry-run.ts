import { isUtf8 } from 'node:buffer';
import { opening } from './entry-layout.ts';
import {
  actionIn,
  entryIn,
  idOf,
  isAt,
  isOfTenant,
  previousOfActionIn,
  type QuickEntry,
  seqOf,
} from './quick-entry.ts';
import { type Subtree, TreePart } from './tree-part.ts';

/** What entries say of one action: what the first of them names as the one before it, and the last one's digest. */
export interface RunAction {
  readonly id: string;
  readonly before: string | null;
  readonly last: string;
}

/**
 * Entries of one tenant that hold, that stand one behind the other and of which each follows from the one before it: in
 * number, in the chain and within its action. Has all that must be known to go on behind them, and nothing of what they
 * say; plain, so that it goes from thread to thread.
 */
export interface EntryRun {
  /** Where their lines lie, with the last one's line feed. */
  readonly start: number;
  readonly end: number;
  readonly lines: number;
  /** Numbers of the first and the last. */
  readonly first: number;
  readonly last: number;
  /** The tenant's id as JSON. */
  readonly tenant: string;
  /** What the first follows from, and what follows from the last. */
  readonly previousHash: string;
  readonly hash: string;
  /** Those that were acted upon last stand last. */
  readonly actions: readonly RunAction[];
  readonly subtrees: readonly Subtree[];
  /** The entries with values that are not there any more. */
  readonly absent: readonly { readonly seq: number; readonly id: string; readonly fields: readonly string[] }[];
}

const lineFeed = 0x0a;

/** The runs in these lines, as long as they can be. Lines that belong to none have to be looked at closely. */
export function runsIn(bytes: Buffer): EntryRun[] {
  const isText = isUtf8(bytes);
  const runs: GrowingRun[] = [];
  let run: GrowingRun | null = null;
  for (let start = 0; start < bytes.length; ) {
    const entry = entryIn(bytes, start, isText);
    if (entry && bytes[entry.layout.end] === lineFeed) {
      if (!run?.goesOnWith(bytes, entry)) {
        run = new GrowingRun(bytes, entry);
        runs.push(run);
      }
      start = run.end;
    } else {
      run = null;
      const end = bytes.indexOf(lineFeed, start);
      start = end < 0 ? bytes.length : end + 1;
    }
  }
  return runs.map((each) => each.whole);
}

class GrowingRun {
  end = 0;
  readonly #start: number;
  readonly #first: number;
  readonly #previousHash: string;
  readonly #tenant: Buffer;
  readonly #tree: TreePart;
  readonly #actions = new Map<string, { before: string | null; last: string }>();
  readonly #absent: { seq: number; id: string; fields: readonly string[] }[] = [];
  #last: number;
  #hash = '';
  /** Where the last entry names its action, and what is known of it. */
  #actionAt = 0;
  #actionTo = 0;
  #action: { before: string | null; last: string } | null = null;

  constructor(bytes: Buffer, entry: QuickEntry) {
    const { start, previousHash, surface, tenantId } = entry.layout;
    this.#start = start;
    this.#first = seqOf(bytes, entry);
    this.#last = this.#first - 1;
    this.#previousHash = bytes.toString('latin1', previousHash - 65, previousHash - 1);
    this.#tenant = bytes.subarray(surface + opening.tenantId.length, tenantId);
    this.#tree = new TreePart(this.#first - 1);
    this.#actOn(bytes, entry);
    this.#take(bytes, entry);
  }

  /** Takes the entry if it follows from the last one; answers whether it did. */
  goesOnWith(bytes: Buffer, entry: QuickEntry): boolean {
    if (!isAt(bytes, entry.layout.previousHash - 65, this.#hash)) return false;
    if (seqOf(bytes, entry) !== this.#last + 1 || !isOfTenant(bytes, entry, this.#tenant)) return false;
    if (!this.#actOn(bytes, entry)) return false;
    this.#take(bytes, entry);
    return true;
  }

  get whole(): EntryRun {
    return {
      start: this.#start,
      end: this.end,
      lines: this.#last - this.#first + 1,
      first: this.#first,
      last: this.#last,
      tenant: this.#tenant.toString(),
      previousHash: this.#previousHash,
      hash: this.#hash,
      actions: Array.from(this.#actions, ([id, { before, last }]) => ({ id, before, last })),
      subtrees: this.#tree.subtrees,
      absent: this.#absent,
    };
  }

  #take(bytes: Buffer, entry: QuickEntry): void {
    this.#last += 1;
    this.#hash = entry.hash;
    this.end = entry.layout.end + 1;
    this.#tree.append(entry.hash);
    if (entry.absent.length > 0) this.#absent.push({ seq: this.#last, id: idOf(bytes, entry), fields: entry.absent });
  }

  /** Notes what it says of its action; false, and nothing noted, when it does not name the entry before it there. */
  #actOn(bytes: Buffer, entry: QuickEntry): boolean {
    const { start, actionId } = entry.layout;
    if (isSame(bytes, start, actionId, this.#actionAt, this.#actionTo)) {
      if (this.#action && !names(bytes, entry, this.#action.last)) return false;
    } else {
      const id = actionIn(bytes, entry);
      const known = id === null ? undefined : this.#actions.get(id);
      if (known && !names(bytes, entry, known.last)) return false;
      this.#action = id === null ? null : (known ?? { before: previousOfActionIn(bytes, entry), last: '' });
      if (id !== null && this.#action) {
        this.#actions.delete(id);
        this.#actions.set(id, this.#action);
      }
      this.#actionAt = start;
      this.#actionTo = actionId;
    }
    if (this.#action) this.#action.last = entry.contentDigest;
    return true;
  }
}

/** Whether the entry names the one of this digest as the one before it of its action. */
function names(bytes: Buffer, { layout: { previousHash, previousOfAction } }: QuickEntry, digest: string): boolean {
  const quote = previousHash + opening.previousOfAction.length;
  return previousOfAction - quote === digest.length + 2 && isAt(bytes, quote + 1, digest);
}

function isSame(bytes: Buffer, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let index = 0; index < to - from; index += 1) if (bytes[from + index] !== bytes[otherFrom + index]) return false;
  return true;
}
