import { hash } from 'node:crypto';
import type { Digest } from './canonical.ts';
import { appendLeaf, EMPTY_ROOT, type Frontier } from './merkle.ts';

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
    leaf.write(data, 1, 'hex');
    this.#roots.write(hash('sha256', leaf), this.#count * 32, 'hex');
    this.#count += 1;
    for (let index = this.#size; index % 2 === 1; index = (index - 1) / 2) {
      this.#count -= 1;
      this.#roots.copy(node, 1, (this.#count - 1) * 32, (this.#count + 1) * 32);
      this.#roots.write(hash('sha256', node), (this.#count - 1) * 32, 'hex');
    }
    this.#size += 1;
  }
}

/** RFC 9162 2.1.1: what is hashed for a leaf and for a node, each behind the byte that tells it from the other. */
const leaf = Buffer.alloc(33, 0x00);
const node = Buffer.alloc(65, 0x01);
