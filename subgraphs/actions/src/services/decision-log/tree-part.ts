import type { Digest } from './canonical.ts';
import { putDigest, type ShortDigest, shortDigest } from './short-digest.ts';

/** The root of 2^level leaves that stand where in every larger tree a complete subtree stands. */
export interface Subtree {
  readonly level: number;
  readonly root: Digest;
}

/** More roots than leaves that stand together anywhere in a tree of any exact size have: rising levels, then falling ones. */
const mostRoots = 128;

/**
 * Leaves from anywhere in a tree, of which only the roots are kept: as few as there can be without knowing the leaves
 * before them. `GrowingTree.graft` takes them as if it had been given the leaves.
 */
export class TreePart {
  #next: number;
  readonly #levels: number[] = [];
  readonly #roots = Buffer.allocUnsafe(mostRoots * 32);

  /** @param first how many leaves stand before it */
  constructor(first: number) {
    this.#next = first;
  }

  get subtrees(): Subtree[] {
    return this.#levels.map((level, index) => ({
      level,
      root: this.#roots.toString('hex', index * 32, (index + 1) * 32),
    }));
  }

  /** Adds a leaf with this data. */
  append(data: ShortDigest): void {
    const levels = this.#levels;
    putDigest(data, leaf, 1);
    putDigest(shortDigest(leaf), this.#roots, levels.length * 32);
    levels.push(0);
    // A leaf that stands second of two completes what the first began, if that is here.
    for (let index = this.#next, level = 0; index % 2 === 1 && levels.at(-2) === level; level += 1) {
      levels.pop();
      levels[levels.length - 1] = level + 1;
      const at = (levels.length - 1) * 32;
      this.#roots.copy(node, 1, at, at + 64);
      putDigest(shortDigest(node), this.#roots, at);
      index = (index - 1) / 2;
    }
    this.#next += 1;
  }
}

/** RFC 9162 2.1.1: what is hashed for a leaf and for a node, each behind the byte that tells it from the other. */
const leaf = Buffer.alloc(33, 0x00);
const node = Buffer.alloc(65, 0x01);
