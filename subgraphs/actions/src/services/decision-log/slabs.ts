/** Pieces of memory of one size that are used again, so that it takes neither more of it nor time to get it. */
export class Slabs {
  readonly size: number;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  constructor(size: number) {
    this.size = size;
  }

  take(): Uint8Array<ArrayBuffer> {
    // Not filled with zeros, and not part of a pool: it goes from thread to thread.
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  /** Takes back one that nobody looks at any more; one of another size, which was made for a long line, is let go. */
  giveBack(slab: Uint8Array<ArrayBuffer>): void {
    if (slab.length === this.size) this.#spare.push(slab);
  }
}
