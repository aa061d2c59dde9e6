import type { Digest } from './canonical.ts';
import { LogError } from './log-error.ts';
import { EMPTY_ROOT, largestPowerBelow, nodeHash, type ReadNode, rangeRoot } from './merkle.ts';

/**
 * That the leaf at `index` is in the tree of `size` leaves, RFC 9162 2.1.3.1.
 *
 * @throws LogError LOG_OUT_OF_RANGE
 */
export function inclusionProof(index: number, size: number, read: ReadNode): Digest[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new LogError('LOG_OUT_OF_RANGE', `A tree of ${size} leaves has no leaf ${index}: the first is leaf 0.`);
  }
  const path: Digest[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.unshift(rangeRoot(middle, end, read));
      end = middle;
    } else {
      path.unshift(rangeRoot(start, middle, read));
      start = middle;
    }
  }
  return path;
}

/**
 * That the tree of `second` leaves begins with that of `first` leaves, RFC 9162 2.1.4.1.
 *
 * @throws LogError LOG_OUT_OF_RANGE
 */
export function consistencyProof(first: number, second: number, read: ReadNode): Digest[] {
  if (!Number.isSafeInteger(first) || first < 0 || first > second) {
    throw new LogError('LOG_OUT_OF_RANGE', `A tree of ${second} leaves cannot have grown from one of ${first}.`);
  }
  if (first === 0 || first === second) return [];
  const path: Digest[] = [];
  let [start, end] = [0, second];
  // While the old tree reaches to the end of the part looked at, that part is a subtree of both.
  while (first !== end) {
    const middle = start + largestPowerBelow(end - start);
    if (first <= middle) {
      path.unshift(rangeRoot(middle, end, read));
      end = middle;
    } else {
      path.unshift(rangeRoot(start, middle, read));
      start = middle;
    }
  }
  // The verifier has the old root already, and this part is the old tree when it begins at 0.
  return start === 0 ? path : [rangeRoot(start, end, read), ...path];
}

/** Checks an inclusion proof, RFC 9162 2.1.3.2. */
export function verifyInclusion(
  claim: { leaf: Digest; index: number; size: number; root: Digest },
  proof: readonly Digest[],
): boolean {
  if (!Number.isSafeInteger(claim.index) || claim.index < 0 || claim.index >= claim.size) return false;
  let at = claim.index;
  let last = claim.size - 1;
  let root = claim.leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && root === claim.root;
}

/** Checks a consistency proof, RFC 9162 2.1.4.2. */
export function verifyConsistency(
  first: { size: number; root: Digest },
  second: { size: number; root: Digest },
  proof: readonly Digest[],
): boolean {
  if (!Number.isSafeInteger(first.size) || first.size < 0 || first.size > second.size) return false;
  if (first.size === 0) return proof.length === 0 && first.root === EMPTY_ROOT;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  const [start, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  if (start === undefined || proof.length === 0) return false;
  let at = first.size - 1;
  let last = second.size - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [oldRoot, newRoot] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && oldRoot === first.root && newRoot === second.root;
}

/** Which nodes a proof will read, so that they can be fetched in one query before it is made. */
export function nodesNeeded(makeProof: (read: ReadNode) => unknown): { level: number; index: number }[] {
  const needed: { level: number; index: number }[] = [];
  makeProof((level, index) => {
    needed.push({ level, index });
    return EMPTY_ROOT;
  });
  return needed;
}

const half = (value: number) => Math.floor(value / 2);

function isPowerOfTwo(size: number): boolean {
  return size === 1 || largestPowerBelow(size) * 2 === size;
}
