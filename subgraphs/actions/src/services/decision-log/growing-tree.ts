import type { Digest } from './canonical.ts';
import { appendLeaf, EMPTY_ROOT, type Frontier, leafHash } from './merkle.ts';
import { putDigest, shortDigest } from './short-digest.ts';
import type { Subtree } from './tree-part.ts';

/** More complete subtrees than a tree of any exact size has. */
const mostRoots = 64;

/**
 * A tree of which only the right edge is kept, as bytes: the same as `appendLeaf` one by one, for logs in which each
 * microsecond counts.
 */
export class GrowingTree {
  #size: number;
  /** How many complete subtrees there are; their roots lie in `#roots`, largest first. */
  #count: number;
  readonly #roots = Buffer.alloc(mostRoots * 32);

  /** @throws LogError LOG_HEAD_INCONSISTENT when the frontier cannot be that of a tree of its size */
  constructor(frontier: Frontier) {
    appendLeaf(frontier, EMPTY_ROOT);
    this.#size = frontier.size;
    this.#count = frontier.roots.length;
    for (const [index, root] of frontier.roots.entries()) this.#roots.write(root, index * 32, 'hex');
  }

  get size(): number {
    return this.#size;
  }

  get frontier(): Frontier {
    const roots = Array.from({ length: this.#count }, (_, index) =>
      this.#roots.toString('hex', index * 32, (index + 1) * 32),
    );
    return { size: this.#size, roots };
  }

  /** Adds a leaf with this data. */
  append(data: Digest): void {
    this.graft({ level: 0, root: leafHash(data) });
  }

  /** Adds the 2^level leaves of a complete subtree, which has to stand at a multiple of as many. */
  graft({ level, root }: Subtree): void {
    const leaves = 2 ** level;
    this.#roots.write(root, this.#count * 32, 'hex');
    this.#count += 1;
    for (let index = this.#size / leaves; index % 2 === 1; index = (index - 1) / 2) {
      this.#count -= 1;
      const at = (this.#count - 1) * 32;
      this.#roots.copy(node, 1, at, at + 64);
      putDigest(shortDigest(node), this.#roots, at);
    }
    this.#size += leaves;
  }
}

/** RFC 9162 2.1.1: what is hashed for a node, behind the byte that tells it from a leaf. */
const node = Buffer.alloc(65, 0x01);
