import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT, frontierAt, leafHash, rangeRoot, readNodes, rootOf, treeInMemory } from './merkle.ts';

/** The leaves and roots that Certificate Transparency implementations are checked against. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree', () => {
  it.each(ROOTS.map((root, index) => [index + 1, root] as const))(
    'of the first %i known leaves has root %s',
    (size, root) => {
      expect(rootOf(treeInMemory(LEAVES.slice(0, size).map(leafHash)).frontier)).toBe(root);
    },
  );

  it('without leaves has the hash of nothing as its root', () => {
    expect(rootOf({ size: 0, roots: [] })).toBe(EMPTY_ROOT);
    expect(EMPTY_ROOT).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the same root from its frontier as from its nodes, at every size', () => {
    const leaves = Array.from({ length: 64 }, (_, index) => leafHash(index.toString(16).padStart(4, '0')));
    for (let size = 1; size <= leaves.length; size += 1) {
      const { frontier, read } = treeInMemory(leaves.slice(0, size));
      expect(rangeRoot(0, size, read)).toBe(rootOf(frontier));
    }
  });

  it('tells from its nodes what its frontier was at every earlier size', () => {
    const leaves = Array.from({ length: 40 }, (_, index) => leafHash(index.toString(16).padStart(4, '0')));
    const { read } = treeInMemory(leaves);
    for (let size = 0; size <= leaves.length; size += 1) {
      expect(frontierAt(size, read)).toEqual(treeInMemory(leaves.slice(0, size)).frontier);
    }
  });

  it('says which node it does not have', () => {
    expect(() => readNodes([])(3, 5)).toThrow('The tree has no node 5 at level 3.');
  });
});
