import { hash, randomInt } from 'node:crypto';

const none = -1;

/**
 * The keys that were put last, up to a number of them; the one that was put the longest time ago gives its slot to a new
 * one. What belongs to a key is kept by whoever asks, by its slot. Lies outside of JavaScript's heap: things that live for
 * some time and then die are what its collector keeps longest, and there is one of each entry.
 */
export class RecentKeys {
  readonly #most: number;
  #size = 0;
  #forgetful = false;
  /** The ends of the list of all slots, from the one that was put the longest time ago to the last. */
  #oldest = none;
  #newest = none;
  #keys = new Uint32Array(0);
  /** Of each slot the one that was put before it and after it, and the next one of its bucket. */
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  #chained = new Int32Array(0);
  /** The first slot of each bucket; there are as many as a power of two. */
  #buckets = new Int32Array(0);

  constructor(most: number) {
    this.#most = most;
    this.#grow(Math.min(most, 16));
  }

  /** Whether any was forgotten. */
  get forgetful(): boolean {
    return this.#forgetful;
  }

  /** How many slots there are until `put` answers a larger one: room for what belongs to them. */
  get slots(): number {
    return this.#before.length;
  }

  /** The key's slot; -1 when it was not put, or is forgotten. */
  find(key: string): number {
    write(key);
    return this.#look();
  }

  /** Puts it last; answers its slot, which is what `find` answered before if it was there. */
  put(key: string): number {
    write(key);
    const found = this.#look();
    const slot = found === none ? this.#free() : found;
    if (found === none) {
      this.#keys.set(wanted, slot * keyWords);
      const bucket = this.#bucketOf(wanted, 0);
      this.#chained[slot] = this.#buckets[bucket] ?? none;
      this.#buckets[bucket] = slot;
    } else this.#unlink(slot);
    this.#before[slot] = this.#newest;
    this.#after[slot] = none;
    if (this.#newest === none) this.#oldest = slot;
    else this.#after[this.#newest] = slot;
    this.#newest = slot;
    return slot;
  }

  #look(): number {
    let slot = this.#buckets[this.#bucketOf(wanted, 0)] ?? none;
    while (slot !== none && !this.#is(slot)) slot = this.#chained[slot] ?? none;
    return slot;
  }

  #is(slot: number): boolean {
    const at = slot * keyWords;
    for (let word = 0; word < keyWords; word += 1) if (this.#keys[at + word] !== wanted[word]) return false;
    return true;
  }

  /** A slot that no key has. */
  #free(): number {
    if (this.#size < this.#most) {
      if (this.#size === this.slots) this.#grow(Math.min(this.#most, 2 * this.#size));
      this.#size += 1;
      return this.#size - 1;
    }
    this.#forgetful = true;
    const slot = this.#oldest;
    this.#unlink(slot);
    const bucket = this.#bucketOf(this.#keys, slot * keyWords);
    let at = this.#buckets[bucket] ?? none;
    if (at === slot) this.#buckets[bucket] = this.#chained[slot] ?? none;
    else {
      while (this.#chained[at] !== slot) at = this.#chained[at] ?? none;
      this.#chained[at] = this.#chained[slot] ?? none;
    }
    return slot;
  }

  #unlink(slot: number): void {
    const before = this.#before[slot] ?? none;
    const after = this.#after[slot] ?? none;
    if (before === none) this.#oldest = after;
    else this.#after[before] = after;
    if (after === none) this.#newest = before;
    else this.#before[after] = before;
  }

  #grow(slots: number): void {
    const [keys, before, after] = [this.#keys, this.#before, this.#after];
    this.#keys = new Uint32Array(slots * keyWords);
    this.#keys.set(keys);
    this.#before = new Int32Array(slots);
    this.#before.set(before);
    this.#after = new Int32Array(slots);
    this.#after.set(after);
    this.#chained = new Int32Array(slots);
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(slots))).fill(none);
    for (let slot = 0; slot < this.#size; slot += 1) {
      const bucket = this.#bucketOf(this.#keys, slot * keyWords);
      this.#chained[slot] = this.#buckets[bucket] ?? none;
      this.#buckets[bucket] = slot;
    }
  }

  #bucketOf(keys: Uint32Array, at: number): number {
    let mixed = seed;
    for (let word = 0; word < keyWords; word += 1) {
      mixed = Math.imul(mixed ^ (keys[at + word] ?? 0), factor);
      mixed ^= mixed >>> 15;
    }
    return mixed & (this.#buckets.length - 1);
  }
}

/** Nobody who makes a file can know which keys come to one bucket. */
const seed = randomInt(2 ** 32);
const factor = 2 * randomInt(2 ** 31) + 1;

const keyWords = 10;
const wanted = new Uint32Array(keyWords);
const wantedBytes = new Uint8Array(wanted.buffer);
const longest = wantedBytes.length - 1;
const digested = 0xff;

/** Puts to `wanted` what stands for the key and for no other: its length and its ASCII, or else its digest. */
function write(key: string): void {
  wanted.fill(0);
  wantedBytes[0] = key.length;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    if (code > 0x7f || index >= longest) {
      wantedBytes[0] = digested;
      wantedBytes.set(hash('sha256', key, 'buffer'), 1);
      wantedBytes.fill(0, 33);
      return;
    }
    wantedBytes[index + 1] = code;
  }
}
