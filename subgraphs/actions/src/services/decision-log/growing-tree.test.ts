import { describe, expect, it } from '@jest/globals';
import { GrowingTree } from './growing-tree.ts';
import { appendLeaf, type Frontier, leafHash } from './merkle.ts';

const leaves = Array.from({ length: 70 }, (_, index) => index.toString(16).padStart(64, '0'));

describe('a growing tree', () => {
  it('is the one that is appended to leaf by leaf, from wherever it begins', () => {
    const frontiers: Frontier[] = [{ size: 0, roots: [] }];
    for (const leaf of leaves) {
      frontiers.push(appendLeaf(frontiers.at(-1) ?? { size: 0, roots: [] }, leafHash(leaf)).frontier);
    }
    for (const from of frontiers) {
      const tree = new GrowingTree(from);
      for (const leaf of leaves.slice(from.size)) {
        tree.append(leaf);
        expect(tree.frontier).toEqual(frontiers[tree.size]);
      }
      expect(tree.size).toBe(leaves.length);
    }
  });

  it('is refused where its edge cannot be that of its size', () => {
    expect(() => new GrowingTree({ size: 3, roots: [leaves[0] ?? ''] })).toThrow(
      expect.objectContaining({ code: 'LOG_HEAD_INCONSISTENT' }),
    );
  });
});
