import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutcomeItem } from '../entities/plan.ts';
import { judgedBy, settleItems } from './judged.ts';

const item = (name: string, status: OutcomeItem['status']): OutcomeItem => ({
  item: name,
  status,
  externalId: null,
  errorCode: null,
  errorMessage: null,
});
const statuses = fc.array(fc.constantFrom<OutcomeItem['status']>('DONE', 'REFUSED', 'PENDING'), { maxLength: 6 });

describe('what items say together', () => {
  it.each([
    [[], 'done', 'done'],
    [[], 'pending', 'pending'],
    [['DONE', 'DONE'], 'done', 'done'],
    [['DONE', 'REFUSED'], 'done', 'partial'],
    [['REFUSED', 'REFUSED'], 'done', 'nothing'],
    [['DONE', 'REFUSED', 'PENDING'], 'done', 'pending'],
  ] as const)('%j in an answer that says %s is %s', (given, said, judged) => {
    expect(
      judgedBy(
        given.map((status) => ({ status })),
        said,
      ),
    ).toBe(judged);
  });

  it('never calls done what was refused in part, whatever the answer says', () => {
    fc.assert(
      fc.property(statuses, fc.constantFrom('done' as const, 'pending' as const), (given, said) => {
        const judged = judgedBy(
          given.map((status) => ({ status })),
          said,
        );
        if (judged === 'done') expect(given.every((status) => status === 'DONE')).toBe(true);
      }),
    );
  });
});

describe('later answers', () => {
  it('settle what is open, and leave the rest', () => {
    const merged = settleItems([item('a', 'DONE'), item('b', 'PENDING'), item('c', 'PENDING')], [item('b', 'REFUSED')]);
    expect(merged).toMatchObject({ ok: true, changed: true });
    if (merged.ok) expect(merged.items.map(({ status }) => status)).toEqual(['DONE', 'REFUSED', 'PENDING']);
  });

  it('give the same twice as once, in whatever order they come', () => {
    const names = ['a', 'b', 'c', 'd'];
    const answers = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), done: fc.boolean() }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(answers, (given) => {
        const standing = names.map((name) => item(name, 'PENDING'));
        const told = given.map(({ name, done }) => item(name, done ? 'DONE' : 'REFUSED'));
        const once = settleItems(standing, told);
        const piecemeal = [...told].reverse().reduce((before, each) => {
          const next = settleItems(before, [each]);
          return next.ok ? next.items : [];
        }, standing);
        if (!once.ok) throw new Error(once.code);
        expect(piecemeal).toEqual(once.items);
        expect(settleItems(once.items, told)).toEqual({ ok: true, items: once.items, changed: false });
      }),
    );
  });

  it('take back nothing, and know no items that are not there', () => {
    expect(settleItems([item('a', 'DONE')], [item('a', 'REFUSED')])).toMatchObject({ code: 'ITEM_ALREADY_SETTLED' });
    expect(settleItems([item('a', 'DONE')], [item('z', 'DONE')])).toMatchObject({ code: 'ITEM_UNKNOWN' });
    expect(settleItems([], [item('z', 'DONE')])).toMatchObject({ ok: true, changed: true });
  });
});
