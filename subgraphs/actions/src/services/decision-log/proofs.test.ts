import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Digest } from './canonical.ts';
import { EMPTY_ROOT, leafHash, rangeRoot, readNodes, treeInMemory } from './merkle.ts';
import { consistencyProof, inclusionProof, nodesNeeded, verifyConsistency, verifyInclusion } from './proofs.ts';

const leaves = Array.from({ length: 3000 }, (_, index) => leafHash(index.toString(16).padStart(4, '0')));
const { read } = treeInMemory(leaves);
const rootAt = (size: number) => (size === 0 ? EMPTY_ROOT : rangeRoot(0, size, read));
const leafAt = (index: number) => leaves[index] ?? '';

describe('an inclusion proof', () => {
  it('verifies for every leaf of every tree up to 64 leaves', () => {
    for (let size = 1; size <= 64; size += 1) {
      for (let index = 0; index < size; index += 1) expect(included(index, size)).toBe(true);
    }
  });

  it('verifies for any leaf of any larger tree, and is of logarithmic length', () => {
    fc.assert(
      fc.property(anyTree(), ({ index, size }) => {
        expect(inclusionProof(index, size, read).length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(included(index, size)).toBe(true);
      }),
    );
  });

  it('does not verify for another leaf, another place, another size, another root or another proof', () => {
    fc.assert(
      fc.property(anyTree(), fc.nat(), fc.nat(), ({ index, size }, shift, at) => {
        const proof = inclusionProof(index, size, read);
        const claim = { leaf: leafAt(index), index, size, root: rootAt(size) };
        const other = (index + 1 + (shift % (size - 1))) % size;
        expect(verifyInclusion({ ...claim, leaf: leafAt(other) }, proof)).toBe(false);
        expect(verifyInclusion({ ...claim, index: other }, proof)).toBe(false);
        expect(verifyInclusion({ ...claim, root: rootAt(size - 1) }, proof)).toBe(false);
        expect(verifyInclusion(claim, proof.slice(1))).toBe(false);
        expect(verifyInclusion(claim, [...proof, leafAt(0)])).toBe(false);
        expect(verifyInclusion(claim, flipped(proof, at % proof.length))).toBe(false);
      }),
    );
  });

  it('cannot be asked for outside the tree, nor verified there', () => {
    expect(() => inclusionProof(3, 3, read)).toThrow(expect.objectContaining({ code: 'LOG_OUT_OF_RANGE' }));
    expect(verifyInclusion({ leaf: leafAt(3), index: 3, size: 3, root: rootAt(3) }, [])).toBe(false);
    expect(verifyInclusion({ leaf: leafAt(0), index: -1, size: 3, root: rootAt(3) }, [])).toBe(false);
  });
});

describe('a consistency proof', () => {
  it('verifies for every two trees up to 64 leaves', () => {
    for (let second = 0; second <= 64; second += 1) {
      for (let first = 0; first <= second; first += 1) expect(consistent(first, second)).toBe(true);
    }
  });

  it('verifies for any two larger trees', () => {
    fc.assert(fc.property(anyTree(), ({ index, size }) => expect(consistent(index, size)).toBe(true)));
  });

  it('does not verify for a tree that was rewritten, nor with another proof', () => {
    fc.assert(
      fc.property(anyTree(), fc.nat(), ({ index, size }, at) => {
        const first = { size: index + 1, root: rootAt(index + 1) };
        const second = { size: size + 1, root: rootAt(size + 1) };
        const proof = consistencyProof(first.size, second.size, read);
        expect(verifyConsistency({ ...first, root: leafHash('ff') }, second, proof)).toBe(false);
        expect(verifyConsistency(first, { ...second, root: leafHash('ff') }, proof)).toBe(false);
        expect(verifyConsistency(first, second, [...proof, leafAt(0)])).toBe(false);
        expect(verifyConsistency(first, second, proof.slice(1))).toBe(false);
        expect(verifyConsistency(first, second, flipped(proof, at % proof.length))).toBe(false);
      }),
    );
  });

  it('does not verify backwards', () => {
    expect(() => consistencyProof(5, 4, read)).toThrow(expect.objectContaining({ code: 'LOG_OUT_OF_RANGE' }));
    expect(verifyConsistency({ size: 5, root: rootAt(5) }, { size: 4, root: rootAt(4) }, [])).toBe(false);
  });
});

describe('the nodes that a proof needs', () => {
  it('are few, and are enough to make it', () => {
    fc.assert(
      fc.property(anyTree(), ({ index, size }) => {
        const needed = nodesNeeded((reader) => inclusionProof(index, size, reader));
        expect(needed.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size)));
        const fetched = needed.map((node) => ({ ...node, hash: read(node.level, node.index) }));
        expect(inclusionProof(index, size, readNodes(fetched))).toEqual(inclusionProof(index, size, read));
      }),
    );
  });
});

function included(index: number, size: number): boolean {
  const claim = { leaf: leafAt(index), index, size, root: rootAt(size) };
  return verifyInclusion(claim, inclusionProof(index, size, read));
}

function consistent(first: number, second: number): boolean {
  const proof = consistencyProof(first, second, read);
  return verifyConsistency({ size: first, root: rootAt(first) }, { size: second, root: rootAt(second) }, proof);
}

function anyTree(): fc.Arbitrary<{ index: number; size: number }> {
  return fc
    .integer({ min: 2, max: leaves.length - 1 })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat({ max: size - 1 }) }));
}

function flipped(proof: Digest[], at: number): Digest[] {
  return proof.map((node, index) => (index === at ? leafHash(node) : node));
}
