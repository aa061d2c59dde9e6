import { UserProblem } from '@countersign/kernel';
import { describe, expect, it } from '@jest/globals';
import { fullGate } from './gate.fixture.ts';
import { parseGate } from './parse-gate.ts';

const now = new Date('2026-05-01T12:00:00Z');

function problemsOf(gate: unknown): { path: string; message: string }[] {
  try {
    parseGate(gate, now, ['gate']);
    return [];
  } catch (error) {
    if (!(error instanceof UserProblem)) throw error;
    expect(new Set(error.errors.map(({ code }) => code))).toEqual(new Set(['GATE_INVALID']));
    return error.errors.map(({ path, message }) => ({ path: (path ?? []).join('.'), message }));
  }
}

const approving = (approvals: object) => ({ id: 'g', name: 'G', tools: ['*'], approvals });
const opening = (window: object) => ({
  ...{ id: 'g', name: 'G', tools: ['*'] },
  windows: [{ timeZone: 'UTC', rule: 'FREQ=DAILY', start: '2026-01-01T22:00', durationMinutes: 60, ...window }],
});
const frozen = (freeze: object) => ({
  ...{ id: 'g', name: 'G', tools: ['*'] },
  freezes: [{ from: '2026-12-24T00:00:00Z', until: '2026-12-27T00:00:00Z', reason: 'Christmas', ...freeze }],
});
const limiting = (limit: object) => ({ id: 'g', name: 'G', tools: ['*'], limits: [limit] });
const sum = (members: object) =>
  limiting({ sum: { most: '1', currency: 'EUR', window: 'P1D', per: 'TENANT', ...members } });
const count = (members: object) => limiting({ count: { most: 1, window: 'P1D', per: 'TOOL', ...members } });

describe('a gate', () => {
  it('is taken as the tenant has set it', () => {
    expect(parseGate(fullGate, now)).toEqual(fullGate);
  });

  it.each([
    [
      'a member that nobody knows',
      { ...fullGate, window: [] },
      'gate',
      'There is no member window: the members here are id',
    ],
    ['an unknown member further in', approving({ count: 1, byRole: ['cfo'] }), 'gate.approvals', 'no member byRole'],
    ['no name', { ...fullGate, name: ' ' }, 'gate.name', 'must not be empty'],
    ['no tools', { ...fullGate, tools: [] }, 'gate.tools', 'at least one'],
    ['a pattern in the middle', { ...fullGate, tools: ['pay.tr*'] }, 'gate.tools.0', 'such as pay.*'],
    ['an unknown risk', { ...fullGate, minRisk: 'EXTREME' }, 'gate.minRisk', 'MEDIUM'],
    ['nothing at all', { id: 'g', name: 'G', tools: ['*'] }, 'gate', 'asks for nothing'],
    [
      'only that approvals are needed',
      { id: 'g', name: 'G', tools: ['*'], noApproval: false },
      'gate',
      'asks for nothing',
    ],
    ['approvals and none', { ...fullGate, noApproval: true }, 'gate.noApproval', 'leave one of the two out'],
    ['null', null, 'gate', 'expected object'],

    ['no approvals by number', approving({ count: 0 }), 'gate.approvals.count', 'from 1 to 10'],
    ['eleven approvals', approving({ count: 11 }), 'gate.approvals.count', 'from 1 to 10'],
    ['half an approval', approving({ count: 1.5 }), 'gate.approvals.count', 'int'],
    ['roles of nobody', approving({ count: 1, byRoles: [] }), 'gate.approvals.byRoles', 'at least one'],
    [
      'approvals that end at once',
      approving({ count: 1, ttlMinutes: 0 }),
      'gate.approvals.ttlMinutes',
      'at least one minute',
    ],
    [
      'escalating to nobody',
      approving({ count: 1, escalateAfterMinutes: 5 }),
      'gate.approvals.escalateToRoles',
      'is missing',
    ],
    [
      'escalating at no time',
      approving({ count: 1, escalateToRoles: ['ceo'] }),
      'gate.approvals.escalateAfterMinutes',
      'is missing',
    ],
    [
      'escalating when it has ended',
      approving({ count: 1, ttlMinutes: 60, escalateAfterMinutes: 60, escalateToRoles: ['ceo'] }),
      'gate.approvals.escalateAfterMinutes',
      'less than ttlMinutes, which is 60',
    ],

    ['a zone that is none', opening({ timeZone: 'Europe/Bonn' }), 'gate.windows.0.timeZone', 'such as Europe/Berlin'],
    ['an offset for a zone', opening({ timeZone: '+01:00' }), 'gate.windows.0.timeZone', 'such as Europe/Berlin'],
    ['a start with a zone', opening({ start: '2026-01-01T22:00Z' }), 'gate.windows.0.start', 'without a zone'],
    ['a start on no day', opening({ start: '2026-02-29T22:00' }), 'gate.windows.0.start', 'local date and time'],
    ['a start long ago', opening({ start: '1969-01-01T22:00' }), 'gate.windows.0.start', '1970 to 2199'],
    ['a window of no length', opening({ durationMinutes: 0 }), 'gate.windows.0.durationMinutes', 'at least one minute'],
    ['a rule that is none', opening({ rule: 'every day' }), 'gate.windows.0.rule', 'FREQ=WEEKLY;BYDAY=SA,SU'],
    [
      'a window that is over',
      opening({ rule: 'FREQ=DAILY;COUNT=3' }),
      'gate.windows.0.rule',
      'does not open before 2031-05-',
    ],
    [
      'a window on no day',
      opening({ rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }),
      'gate.windows.0.rule',
      'does not open',
    ],
    ['a window that opens too late', opening({ start: '2032-01-01T00:00' }), 'gate.windows.0.rule', 'does not open'],

    [
      'a freeze that is over at once',
      frozen({ until: '2026-12-24T00:00:00Z' }),
      'gate.freezes.0.until',
      'later than from',
    ],
    ['a freeze without an offset', frozen({ from: '2026-12-24T00:00:00' }), 'gate.freezes.0.from', 'instant such as'],
    [
      'a freeze by the microsecond',
      frozen({ from: '2026-12-24T00:00:00.000001Z' }),
      'gate.freezes.0.from',
      'millisecond',
    ],
    ['a freeze on no day', frozen({ from: '2026-11-31T00:00:00Z' }), 'gate.freezes.0.from', 'instant such as'],

    ['a limit of nothing', limiting({}), 'gate.limits.0', 'limits nothing'],
    ['a limit of zero', sum({ most: '0.00' }), 'gate.limits.0.sum.most', 'more than 0'],
    ['a negative limit', sum({ most: '-5' }), 'gate.limits.0.sum.most', 'more than 0'],
    ['a limit as a number', sum({ most: 5 }), 'gate.limits.0.sum.most', 'expected string'],
    ['a limit with five decimals', sum({ most: '0.00001' }), 'gate.limits.0.sum.most', '4 after it'],
    ['a limit in small letters', sum({ currency: 'eur' }), 'gate.limits.0.sum.currency', 'three capitals'],
    ['a limit over nothing', sum({ window: 'PT0S' }), 'gate.limits.0.sum.window', 'exact length'],
    ['a limit over a month', sum({ window: 'P1M' }), 'gate.limits.0.sum.window', 'months and years vary'],
    ['a limit over 367 days', sum({ window: 'P367D' }), 'gate.limits.0.sum.window', '366 days'],
    ['a limit per nothing known', sum({ per: 'MOON' }), 'gate.limits.0.sum.per', 'TENANT'],
    ['a count of none', count({ most: 0 }), 'gate.limits.0.count.most', 'at least 1'],
    ['a count below none', count({ most: -1 }), 'gate.limits.0.count.most', 'at least 1'],
  ])('is refused with %s', (_, gate, path, message) => {
    expect(problemsOf(gate)).toContainEqual({ path, message: expect.stringContaining(message) });
  });

  it('is told everything that is wrong with it at once', () => {
    const both = problemsOf({ ...fullGate, name: '', minRisk: 'NONE' });
    expect(both.map(({ path }) => path)).toEqual(['gate.name', 'gate.minRisk']);
  });

  it('may have a window whose last opening still lasts', () => {
    const open = { rule: 'FREQ=DAILY;COUNT=1', start: '2026-05-01T11:30', durationMinutes: 31 };
    expect(problemsOf(opening(open))).toEqual([]);
    expect(problemsOf(opening({ ...open, durationMinutes: 30 }))).toHaveLength(1);
  });
});
