import { isUtf8 } from 'node:buffer';
import { opening } from './entry-layout.ts';
import {
  actionIn,
  digestBefore,
  entryIn,
  idOf,
  isOfTenant,
  isSame,
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
      if (!run?.goesOnWith(entry)) {
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

/** What is known of an action: what its first entry names, and where the last one has its digest. */
interface ActionSeen {
  readonly before: string | null;
  lastAt: number;
}

class GrowingRun {
  end = 0;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #first: number;
  readonly #previousHash: string;
  readonly #tenant: Buffer;
  readonly #tree: TreePart;
  readonly #actions = new Map<string, ActionSeen>();
  readonly #absent: { seq: number; id: string; fields: readonly string[] }[] = [];
  #last: number;
  /** Where the hash of the last entry ends. */
  #hash = 0;
  /** Where the last entry names its action, with how many bytes, and what is known of it. */
  #actionAt = 0;
  #actionSize = 0;
  #action: ActionSeen | null = null;

  constructor(bytes: Buffer, entry: QuickEntry) {
    const { start, previousHash, surface, tenantId } = entry.layout;
    this.#bytes = bytes;
    this.#start = start;
    this.#first = seqOf(bytes, entry);
    this.#last = this.#first - 1;
    this.#previousHash = digestBefore(bytes, previousHash);
    this.#tenant = bytes.subarray(surface + opening.tenantId.length, tenantId);
    this.#tree = new TreePart(this.#first - 1);
    this.#actOn(entry);
    this.#take(entry);
  }

  /** Takes the entry if it follows from the last one; answers whether it did. */
  goesOnWith(entry: QuickEntry): boolean {
    const bytes = this.#bytes;
    if (!isSame(bytes, entry.layout.previousHash - 65, this.#hash - 65, 64)) return false;
    if (seqOf(bytes, entry) !== this.#last + 1 || !isOfTenant(bytes, entry, this.#tenant)) return false;
    if (!this.#actOn(entry)) return false;
    this.#take(entry);
    return true;
  }

  get whole(): EntryRun {
    const bytes = this.#bytes;
    return {
      start: this.#start,
      end: this.end,
      lines: this.#last - this.#first + 1,
      first: this.#first,
      last: this.#last,
      tenant: this.#tenant.toString(),
      previousHash: this.#previousHash,
      hash: digestBefore(bytes, this.#hash),
      actions: Array.from(this.#actions, ([id, { before, lastAt }]) => ({
        id,
        before,
        last: digestBefore(bytes, lastAt),
      })),
      subtrees: this.#tree.subtrees,
      absent: this.#absent,
    };
  }

  #take(entry: QuickEntry): void {
    this.#last += 1;
    this.#hash = entry.layout.hash;
    this.end = entry.layout.end + 1;
    this.#tree.append(entry.seal);
    if (entry.absent.length === 0) return;
    // Mostly it is the same values that are not there.
    const before = this.#absent.at(-1)?.fields;
    const same = before?.length === entry.absent.length && before.every((name, at) => name === entry.absent[at]);
    this.#absent.push({ seq: this.#last, id: idOf(this.#bytes, entry), fields: same ? before : entry.absent });
  }

  /** Notes what it says of its action; false, and nothing noted, when it does not name the entry before it there. */
  #actOn(entry: QuickEntry): boolean {
    const bytes = this.#bytes;
    const { start, actionId, contentDigest } = entry.layout;
    if (actionId - start === this.#actionSize && isSame(bytes, start, this.#actionAt, this.#actionSize)) {
      if (this.#action && !this.#isNamed(this.#action, entry)) return false;
    } else {
      const id = actionIn(bytes, entry);
      const known = id === null ? undefined : this.#actions.get(id);
      if (known && !this.#isNamed(known, entry)) return false;
      this.#action = id === null ? null : (known ?? { before: previousOfActionIn(bytes, entry), lastAt: 0 });
      if (id !== null && this.#action) {
        this.#actions.delete(id);
        this.#actions.set(id, this.#action);
      }
      this.#actionAt = start;
      this.#actionSize = actionId - start;
    }
    if (this.#action) this.#action.lastAt = contentDigest;
    return true;
  }

  /** Whether the entry names the last one of this action as the one before it. */
  #isNamed({ lastAt }: ActionSeen, { layout: { previousHash, previousOfAction } }: QuickEntry): boolean {
    const quote = previousHash + opening.previousOfAction.length;
    return previousOfAction - quote === 66 && isSame(this.#bytes, quote + 1, lastAt - 65, 64);
  }
}
