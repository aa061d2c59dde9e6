/** Chance that can be had again: the same seed throws the same. */
export interface Dice {
  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number;
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Up to `most` of them, in their order, none twice. */
  some<T>(from: readonly T[], most?: number): T[];
}

/** Mulberry32: small, and random enough to choose tests by. Several numbers make one seed. */
export function dice(...seeds: readonly number[]): Dice {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x9e3779b1) + 0x85ebca6b, 0x243f6a88);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number): number => Math.floor(next() * sides);
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new Error('There is nothing to pick from.');
    return from[roll(from.length)] as T; // Within the length.
  };
  const some = <T>(from: readonly T[], most = from.length): T[] => {
    const wanted = roll(Math.min(most, from.length) + 1);
    const left = new Set(from.keys());
    while (left.size > wanted) left.delete(pick([...left]));
    return from.filter((_, index) => left.has(index));
  };
  return { roll, pick, some, chance: (share) => next() < share };
}
