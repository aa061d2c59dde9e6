import type { EntryRun } from './entry-run.ts';
import { type Finding, runOf } from './finding.ts';
import type { FollowedEntry } from './verify-entry.ts';

/** Most entries that are set aside until their place comes, and most gaps that may still be filled. */
const mostKept = 1_000;

interface Gap {
  readonly first: number;
  readonly last: number;
}

/**
 * Puts entries that come in any order into the order of their numbers, in memory that does not grow with the log: looks
 * one entry ahead, and sets aside what stands too early. Tells what was removed, inserted and reordered.
 */
export class EntryOrder {
  readonly #tell: (finding: Finding) => void;
  readonly #from: number;
  #last: { seq: number; hash: string };
  /** The one that has just come: what comes behind it decides between two of one number, and on a jump. */
  #next: FollowedEntry | null = null;
  #furthest = -1;
  readonly #early = new Map<number, FollowedEntry>();
  #gaps: Gap[] = [];

  constructor(from: { seq: number; hash: string }, tell: (finding: Finding) => void) {
    this.#from = from.seq;
    this.#last = from;
    this.#tell = tell;
  }

  /** Takes an entry as it stands in the file; answers those that have found their place by it, in order. */
  take(read: FollowedEntry): FollowedEntry[] {
    const next = this.#next;
    if (next === null) return this.#look(read, []);
    if (next.entry.seq === read.entry.seq) {
      const [kept, other] = this.#standing(read) > this.#standing(next) ? [read, next] : [next, read];
      this.#next = kept;
      this.#inserted(other, 'and the chain goes through that one');
      return [];
    }
    this.#next = null;
    const follows = next.entry.seq === this.#last.seq + 1;
    const placed = follows || read.entry.seq === next.entry.seq + 1 ? this.#accept(next) : [];
    if (placed.length === 0) this.#setAside(next);
    return this.#look(read, placed);
  }

  /** Whether a run goes on from all that has come, so that each of its entries would find its place at once. */
  leadsTo({ first, previousHash }: EntryRun): boolean {
    const next = this.#next?.entry;
    if (this.#early.size > 0 || (next && next.seq !== this.#last.seq + 1)) return false;
    const { seq, hash } = next ?? this.#last;
    return first === seq + 1 && previousHash === hash;
  }

  /** Takes a run that it leads to, once what has come before it is settled; its last entry stands at this position. */
  takeRun({ last, hash }: EntryRun, position: number): void {
    this.#last = { seq: last, hash };
    this.#furthest = position;
  }

  /** A signed head stands here: what has come and ends at its size needs no other word to be believed. */
  settle(size: number): FollowedEntry[] {
    const next = this.#next;
    if (next === null || (next.entry.seq !== this.#last.seq + 1 && next.entry.seq !== size)) return [];
    this.#next = null;
    return this.#accept(next);
  }

  /** Nothing comes any more: places what was set aside, and tells what is missing. */
  end(): FollowedEntry[] {
    const left = [...this.#early.values(), ...(this.#next ? [this.#next] : [])];
    this.#next = null;
    this.#early.clear();
    const believed = left.filter(({ entry, sound }) => sound || entry.seq === this.#last.seq + 1);
    const placed = believed.sort((a, b) => a.entry.seq - b.entry.seq).flatMap((read) => this.#accept(read));
    for (const gap of this.#gaps) this.#removed(gap);
    this.#gaps = [];
    return placed;
  }

  #look(read: FollowedEntry, placed: FollowedEntry[]): FollowedEntry[] {
    const { seq } = read.entry;
    if (seq <= this.#from) this.#inserted(read, `in a file that begins behind entry ${this.#from}`, false);
    else if (seq <= this.#last.seq) this.#late(read);
    else if (this.#early.has(seq)) this.#inserted(read, 'which stood before');
    else this.#next = read;
    return placed;
  }

  /** Gives it its place, and before it what was set aside and belongs there. */
  #accept(read: FollowedEntry): FollowedEntry[] {
    if (this.#early.size === 0) return this.#placed(read);
    const earlier = [...this.#early.keys()].filter((seq) => seq < read.entry.seq).sort((a, b) => a - b);
    const before = earlier.flatMap((seq) => this.#placed(this.#early.get(seq)));
    const placed = [...before, ...this.#placed(read)];
    for (let early = this.#early.get(this.#last.seq + 1); early; early = this.#early.get(this.#last.seq + 1)) {
      placed.push(...this.#placed(early));
    }
    return placed;
  }

  #placed(read: FollowedEntry | undefined): FollowedEntry[] {
    if (read === undefined) return [];
    const { seq, hash } = read.entry;
    this.#early.delete(seq);
    if (seq > this.#last.seq + 1) this.#open({ first: this.#last.seq + 1, last: seq - 1 });
    if (read.position < this.#furthest) this.#reordered(read);
    this.#furthest = Math.max(this.#furthest, read.position);
    this.#last = { seq, hash };
    return [read];
  }

  /** Stands behind entries with larger numbers: it fills a gap, or there is another one of its number. */
  #late(read: FollowedEntry): void {
    const { seq } = read.entry;
    const gap = this.#gaps.find(({ first, last }) => first <= seq && seq <= last);
    if (gap === undefined) {
      this.#inserted(read, 'and the chain goes through that one');
      return;
    }
    this.#reordered(read);
    const left = [
      { first: gap.first, last: seq - 1 },
      { first: seq + 1, last: gap.last },
    ].filter(({ first, last }) => first <= last);
    this.#gaps = this.#gaps.flatMap((each) => (each === gap ? left : [each]));
  }

  #setAside(read: FollowedEntry): void {
    // What an altered entry says of its own place is not to be believed; that it was altered has been told.
    if (!read.sound) return;
    if (this.#early.size < mostKept) this.#early.set(read.entry.seq, read);
    else this.#reordered(read);
  }

  #open(gap: Gap): void {
    this.#gaps.push(gap);
    const oldest = this.#gaps.length > mostKept ? this.#gaps.shift() : undefined;
    if (oldest) this.#removed(oldest);
  }

  #standing({ entry, sound }: FollowedEntry): number {
    return (sound ? 2 : 0) + (entry.previousHash === this.#last.hash ? 1 : 0);
  }

  #removed({ first, last }: Gap): void {
    const message = `${runOf(first, last)} missing.`;
    this.#tell({ code: 'REMOVED', seq: first, toSeq: last, message });
  }

  #reordered({ entry, position }: FollowedEntry): void {
    const message = `Entry ${entry.seq} does not stand where its number belongs.`;
    this.#tell({ code: 'REORDERED', seq: entry.seq, position, entryId: entry.id, message });
  }

  #inserted({ entry, position }: FollowedEntry, why: string, another = true): void {
    const message = another ? `There is another entry ${entry.seq}, ${why}.` : `Entry ${entry.seq} stands ${why}.`;
    this.#tell({ code: 'INSERTED', seq: entry.seq, position, entryId: entry.id, message });
  }
}
