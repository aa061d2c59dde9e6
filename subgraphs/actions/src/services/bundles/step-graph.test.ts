import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { orderOf, type StepNode } from './step-graph.ts';

/** Steps of which some depend on earlier ones, handed over in any order. */
const acyclic = fc
  .array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((all) =>
    all.map((before, index) => ({
      key: `s${index}`,
      dependsOn: [...new Set(before.filter((each) => each < index).map((each) => `s${each}`))],
    })),
  )
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));

const anyGraph = fc
  .array(fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), { minLength: 10, maxLength: 10 })
  .map((all) =>
    all.map((before, index): StepNode => ({ key: `s${index}`, dependsOn: before.map((each) => `s${each}`) })),
  );

describe('the order of steps', () => {
  it('puts each step after all that it depends on', () => {
    fc.assert(
      fc.property(acyclic, (steps) => {
        const ordered = orderOf(steps);
        expect(ordered.ok).toBe(true);
        if (!ordered.ok) return;
        expect([...ordered.order].sort()).toEqual(steps.map(({ key }) => key).sort());
        const place = (key: string) => ordered.order.indexOf(key);
        for (const { key, dependsOn } of steps)
          for (const each of dependsOn) expect(place(each)).toBeLessThan(place(key));
      }),
    );
  });

  it('is that in which they were given where nothing stands against it', () => {
    const steps = ['c', 'a', 'b'].map((key) => ({ key, dependsOn: [] }));
    expect(orderOf(steps)).toEqual({ ok: true, order: ['c', 'a', 'b'] });
  });

  it('either exists, or a cycle is named in which each waits for the next', () => {
    fc.assert(
      fc.property(anyGraph, (steps) => {
        const ordered = orderOf(steps);
        if (ordered.ok) return;
        const { cycle } = ordered;
        expect(cycle.length).toBeGreaterThan(0);
        for (const [index, key] of cycle.entries()) {
          const next = cycle[(index + 1) % cycle.length];
          expect(steps.find((each) => each.key === key)?.dependsOn).toContain(next);
        }
      }),
    );
  });

  it('does not exist for a step that waits for itself', () => {
    expect(orderOf([{ key: 'a', dependsOn: ['a'] }])).toEqual({ ok: false, cycle: ['a'] });
  });
});
