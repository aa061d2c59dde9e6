import { describe, expect, it } from '@jest/globals';
import { escalated, type Limit, sumOf } from './applicable.ts';
import { explainClosed, explainDemand, explainExceeded, explainRequirements, explainShortfall } from './explain.ts';
import { fullGate, gateOf } from './gate.fixture.ts';
import type { Gate } from './gate.ts';

const demandsOf = (approvals: NonNullable<Gate['approvals']>) => sumOf([gateOf({ approvals })]).demands;
const sentences = (approvals: NonNullable<Gate['approvals']>) => demandsOf(approvals).flatMap(explainDemand);
const gate = { id: 'gate-1', name: 'Large payments' };

describe('what is asked for, in words', () => {
  it.each([
    [{ count: 1 }, 'One approval is needed: the gate "Large payments".'],
    [{ count: 2, byRoles: ['cfo'] }, 'Two approvals are needed, one from the role cfo: the gate "Large payments".'],
    [
      { count: 1, byRoles: ['cfo', 'cro', 'ceo'] },
      'One approval is needed, from the roles cfo, cro or ceo: the gate "Large payments".',
    ],
    [
      { count: 3, byRoles: ['cfo'], byGroups: ['board', 'owners'], byPersons: ['7', '8'] },
      'Three approvals are needed, one from the role cfo, one from the groups board or owners and one from one of the 2 people that it names: the gate "Large payments".',
    ],
    [
      { count: 2, distinctDepartments: true, notMakersDepartment: true, mustSeeAll: true },
      'Two approvals are needed, each from a different department, not from its maker\'s department, by people who may see all of its data: the gate "Large payments".',
    ],
  ])('%j', (approvals, sentence) => {
    expect(sentences(approvals)).toEqual([sentence]);
  });

  it('says how long an approval holds, and to whom it is escalated', () => {
    const approvals = {
      count: 1,
      byRoles: ['cfo'],
      ttlMinutes: 120,
      escalateAfterMinutes: 90,
      escalateToRoles: ['ceo'],
    };
    expect(sentences(approvals)).toEqual([
      'One approval is needed, from the role cfo: the gate "Large payments".',
      'After 90 minutes it is escalated to the role ceo: the gate "Large payments".',
      'An approval holds for 2 hours: the gate "Large payments".',
    ]);
    expect(escalated(demandsOf(approvals), 90).flatMap(explainDemand)[0]).toBe(
      'One approval is needed, from the role cfo or the role ceo: the gate "Large payments".',
    );
  });

  it('names the rule of maker and checker, and gates by which nobody is asked', () => {
    expect(explainRequirements(sumOf([]))).toEqual([
      'One approval is needed: whoever proposes an action does not approve it.',
    ]);
    expect(explainRequirements(sumOf([gateOf({ noApproval: true })]))).toEqual([
      'No approval is needed: the gate "Large payments".',
    ]);
  });

  it('tells of windows, freezes and limits', () => {
    expect(
      explainRequirements(sumOf([gateOf({ ...(fullGate as Partial<Gate>), approvals: undefined })])).slice(1),
    ).toEqual([
      'It may be executed for 8 hours at 22:00 (Europe/Berlin) by FREQ=WEEKLY;BYDAY=SA from 2026-01-03 on or for 1 minute at 00:00:00 (UTC) by FREQ=MONTHLY;BYDAY=-1FR from 2026-01-01 on: the gate "Large payments".',
      'It cannot be executed from 2026-12-23T23:00:00.000Z until 2027-01-02T00:00:00.000Z, because of "Year end": the gate "Large payments".',
      'One action is about 10000.00 EUR at most: the gate "Large payments".',
      'Within 1 day, 50000 EUR at most are moved in all: the gate "Large payments".',
      'Within 1 hour, 20 actions at most are done for one person: the gate "Large payments".',
    ]);
  });
});

describe('what is missing, in words', () => {
  const [demand] = demandsOf({ count: 2, byRoles: ['cfo'], byGroups: ['board'] });
  if (!demand) throw new Error('There is one.');

  it.each([
    [{ count: 0, oneOf: [] }, 'Enough have approved: the gate "Large payments".'],
    [{ count: 1, oneOf: [] }, 'One more approval is needed: the gate "Large payments".'],
    [
      { count: 2, oneOf: demand.oneOf },
      'Two more approvals are needed, one from the role cfo and one from the group board: the gate "Large payments".',
    ],
    [
      { count: 1, oneOf: demand.oneOf },
      'At least one more approval is needed, one from the role cfo and one from the group board: the gate "Large payments".',
    ],
  ])('%j', (short, sentence) => {
    expect(explainShortfall(demand, short)).toBe(sentence);
  });
});

describe('why not now, in words', () => {
  it('says when it opens, or that it does not', () => {
    const at = new Date('2026-05-01T12:00:00Z');
    expect([
      explainClosed({ kind: 'WINDOWS', gate, opensAt: at }),
      explainClosed({ kind: 'WINDOWS', gate, opensAt: null }),
      explainClosed({ kind: 'FREEZE', gate, until: at, reason: 'Year end' }),
    ]).toEqual([
      'Its change window opens at 2026-05-01T12:00:00.000Z: the gate "Large payments".',
      'Its change windows do not open any more within five years: the gate "Large payments".',
      'It cannot be executed before 2026-05-01T12:00:00.000Z, because of "Year end": the gate "Large payments".',
    ]);
  });

  const sum: Limit = {
    kind: 'SUM',
    gate,
    most: '500',
    currency: 'EUR',
    window: 'PT1H',
    windowMs: 3_600_000,
    per: 'TOOL',
  };
  const count: Limit = { kind: 'COUNT', gate, most: 1, window: 'PT90S', windowMs: 90_000, per: 'TENANT' };

  it.each([
    [
      { limit: sum, reason: 'USED_UP' as const, left: '1', freeAt: new Date('2026-05-01T12:00:00Z') },
      '1 EUR is left, and it fits from 2026-05-01T12:00:00.000Z on. Within 1 hour, 500 EUR at most are moved by one tool: the gate "Large payments".',
    ],
    [
      { limit: count, reason: 'USED_UP' as const, left: '0', freeAt: null },
      '0 more actions are left, and others hold the rest without an end. Within 90 seconds, 1 action at most is done in all: the gate "Large payments".',
    ],
    [
      { limit: sum, reason: 'TOO_MUCH' as const, left: '500', freeAt: null },
      'It is more than may ever be done at once. Within 1 hour, 500 EUR at most are moved by one tool: the gate "Large payments".',
    ],
    [
      { limit: sum, reason: 'OTHER_CURRENCY' as const, left: '500', freeAt: null },
      'It is about another currency than the limit, which allows 500 EUR: the gate "Large payments".',
    ],
  ])('says which limit and how much of it is left', (exceeded, sentence) => {
    expect(explainExceeded(exceeded)).toBe(sentence);
  });
});
