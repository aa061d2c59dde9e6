import { describe, expect, it } from '@jest/globals';
import { hospital, policy, read, reading } from './cedar.fixture.ts';
import { CompiledPolicies } from './compiled-policies.ts';
import { askCedar, EngineFault, engineGeneration } from './engine.ts';
import { PreparsedSets } from './preparsed-sets.ts';

const tenant = (text: string, sets: PreparsedSets) => new CompiledPolicies(hospital, [policy(text)], sets);
const allowed = (policies: CompiledPolicies) => policies.decide(reading()).allowed;

describe("tenants that take over each other's place in the engine", () => {
  it('are each answered from their own policies', () => {
    const sets = new PreparsedSets(1);
    const open = tenant(read('permit'), sets);
    const closed = tenant(read('permit', 'resource.draft'), sets);
    for (let turn = 0; turn < 5; turn += 1) {
      expect(allowed(open)).toBe(true);
      expect(allowed(closed)).toBe(false);
    }
  });

  it('are so whatever the order, and however few places there are', () => {
    for (const places of [1, 2, 3, 7]) {
      const sets = new PreparsedSets(places);
      const tenants = Array.from({ length: 9 }, (_, index) => ({
        open: index % 2 === 0,
        policies: tenant(read('permit', `context.hour ${index % 2 === 0 ? '>' : '<'} ${index - 1}`), sets),
      }));
      for (let turn = 0; turn < 60; turn += 1) {
        const chosen = tenants[(turn * 7 + (turn >> 2)) % tenants.length];
        expect(chosen && allowed(chosen.policies)).toBe(chosen?.open);
      }
    }
  });

  it('do not meet although they are in different pools', () => {
    const open = tenant(read('permit'), new PreparsedSets());
    const closed = tenant(read('permit', 'resource.draft'), new PreparsedSets());
    expect([allowed(open), allowed(closed), allowed(open)]).toEqual([true, false, true]);
  });

  it('may be asked after they gave their place back', () => {
    const sets = new PreparsedSets();
    const open = tenant(read('permit'), sets);
    expect(allowed(open)).toBe(true);
    open.close();
    const closed = tenant(read('permit', 'resource.draft'), sets);
    expect([allowed(closed), allowed(open), allowed(closed)]).toEqual([false, true, false]);
  });
});

describe('an engine that breaks down', () => {
  const deep = `permit(principal, action, resource) when { ${'('.repeat(2_000)}true${')'.repeat(2_000)} };`;

  it('is replaced, and decides as before', () => {
    const open = tenant(read('permit'), new PreparsedSets());
    const closed = tenant(read('permit', 'resource.draft'), new PreparsedSets());
    expect([allowed(open), allowed(closed)]).toEqual([true, false]);
    const generation = engineGeneration();
    expect(() => askCedar((cedar) => cedar.policyToJson(deep))).toThrow(EngineFault);
    expect(engineGeneration()).toBe(generation + 1);
    expect([allowed(open), allowed(closed)]).toEqual([true, false]);
  });
});
