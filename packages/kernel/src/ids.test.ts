import { describe, expect, it } from '@jest/globals';
import { isUuid, newId } from './ids.ts';

describe('ids', () => {
  it('are UUIDs of version 7, which sort as they were made, also within a millisecond', () => {
    const before = Date.now();
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.every(isUuid)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^.{14}7.{4}[89ab]/);
    const first = Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16);
    // A counter that ran over borrows from the milliseconds to come: four thousand ids each.
    expect(first).toBeGreaterThanOrEqual(before);
    expect(first).toBeLessThanOrEqual(Date.now() + 10);
  });
});
