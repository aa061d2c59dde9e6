import { hash } from 'node:crypto';
import type { Digest } from './canonical.ts';
import { LogError } from './log-error.ts';

/** A node over the 2^level leaves that begin at index * 2^level. Level 0 are the leaves. */
export interface TreeNode {
  level: number;
  index: number;
  hash: Digest;
}

/** Reads a complete node: where a proof's nodes come from, a table or memory. */
export type ReadNode = (level: number, index: number) => Digest;

/** All that is needed to grow a tree and to know its root: the roots of its complete subtrees, largest first. */
export interface Frontier {
  size: number;
  roots: Digest[];
}

/** RFC 9162 2.1.1: SHA-256(0x00 || data), data in hex. */
export function leafHash(data: string): Digest {
  return hash('sha256', Buffer.from(`00${data}`, 'hex'));
}

/** RFC 9162 2.1.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Digest, right: Digest): Digest {
  return hash('sha256', Buffer.from(`01${left}${right}`, 'hex'));
}

/** The root of a tree without leaves, RFC 9162 2.1.1. */
export const EMPTY_ROOT: Digest = hash('sha256', '');

/**
 * The tree with one leaf more, and the nodes that this completed, the leaf itself among them.
 *
 * @throws LogError LOG_HEAD_INCONSISTENT when the frontier cannot be that of a tree of its size
 */
export function appendLeaf(frontier: Frontier, leaf: Digest): { frontier: Frontier; nodes: TreeNode[] } {
  if (frontier.roots.length !== onesIn(frontier.size)) {
    throw new LogError(
      'LOG_HEAD_INCONSISTENT',
      `A tree of ${frontier.size} leaves has ${onesIn(frontier.size)} complete subtrees, not ${frontier.roots.length}.`,
    );
  }
  const roots = [...frontier.roots];
  const nodes: TreeNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let node = leaf;
  let level = 0;
  for (let index = frontier.size; index % 2 === 1; index = (index - 1) / 2) {
    node = nodeHash(roots.pop() ?? '', node);
    level += 1;
    nodes.push({ level, index: (index - 1) / 2, hash: node });
  }
  roots.push(node);
  return { frontier: { size: frontier.size + 1, roots }, nodes };
}

/** The root of the whole tree. */
export function rootOf(frontier: Frontier): Digest {
  return frontier.roots.length === 0 ? EMPTY_ROOT : frontier.roots.reduceRight((right, left) => nodeHash(left, right));
}

/** The right edge of the tree as it was at this size. */
export function frontierAt(size: number, read: ReadNode): Frontier {
  const roots: Digest[] = [];
  let start = 0;
  for (let level = Math.floor(Math.log2(size)); level >= 0; level -= 1) {
    const width = 2 ** level;
    if (start + width > size) continue;
    roots.push(read(level, start / width));
    start += width;
  }
  return { size, roots };
}

/** The root over the leaves from `start` to before `end`, RFC 9162 2.1.1. `start` is where a subtree begins. */
export function rangeRoot(start: number, end: number, read: ReadNode): Digest {
  const size = end - start;
  const split = largestPowerBelow(size);
  if (size === 1 || split * 2 === size) return read(Math.log2(size), start / size);
  return nodeHash(rangeRoot(start, start + split, read), rangeRoot(start + split, end, read));
}

/** The largest power of two that is smaller than the size; for a size of 1, which cannot be split, 1. */
export function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** A whole tree in memory: for exports, tests and small logs. */
export function treeInMemory(leaves: readonly Digest[]): { read: ReadNode; frontier: Frontier } {
  const known = new Map<string, Digest>();
  let frontier: Frontier = { size: 0, roots: [] };
  for (const leaf of leaves) {
    const grown = appendLeaf(frontier, leaf);
    for (const node of grown.nodes) known.set(`${node.level}/${node.index}`, node.hash);
    frontier = grown.frontier;
  }
  return { read: readerOf(known), frontier };
}

/** Reads from nodes that were fetched before; `nodesNeeded` says which. */
export function readNodes(nodes: Iterable<TreeNode>): ReadNode {
  return readerOf(new Map([...nodes].map((node) => [`${node.level}/${node.index}`, node.hash])));
}

function readerOf(known: ReadonlyMap<string, Digest>): ReadNode {
  return (level, index) => {
    const node = known.get(`${level}/${index}`);
    if (node === undefined) throw new LogError('LOG_OUT_OF_RANGE', `The tree has no node ${index} at level ${level}.`);
    return node;
  };
}

function onesIn(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
