import { describe, expect, it } from '@jest/globals';
import { applicableGates, escalated, sumOf } from './applicable.ts';
import { fullGate, gateOf } from './gate.fixture.ts';

const idsFor = (tool: string, risk: 'LOW' | 'MEDIUM' | 'HIGH') =>
  applicableGates(
    [
      gateOf({ id: 'all', noApproval: true }),
      gateOf({ id: 'pay', tools: ['pay.*'], noApproval: true }),
      gateOf({ id: 'one', tools: ['fhir.createTask', 'pay.transfer'], noApproval: true }),
      gateOf({ id: 'medium', minRisk: 'MEDIUM', noApproval: true }),
      gateOf({ id: 'high', minRisk: 'HIGH', noApproval: true }),
    ],
    { tool, risk },
  ).map(({ id }) => id);

describe('a gate applies', () => {
  it('to the tools that its patterns name', () => {
    expect(idsFor('pay.transfer', 'LOW')).toEqual(['all', 'pay', 'one']);
    expect(idsFor('pay.refund', 'LOW')).toEqual(['all', 'pay']);
    expect(idsFor('fhir.createTask', 'LOW')).toEqual(['all', 'one']);
    expect(idsFor('payroll.run', 'LOW')).toEqual(['all']);
    expect(idsFor('fhir.createTaskList', 'LOW')).toEqual(['all']);
  });

  it('from its risk on', () => {
    expect(idsFor('crm.note', 'MEDIUM')).toEqual(['all', 'medium']);
    expect(idsFor('crm.note', 'HIGH')).toEqual(['all', 'medium', 'high']);
  });
});

describe('gates together', () => {
  it('leave the rule of maker and checker where they say nothing of approvals', () => {
    const rule = { gate: null, count: 1, oneOf: [], ttlMinutes: null };
    expect(sumOf([])).toMatchObject({ demands: [rule], count: 1, waivedBy: [], ttlMinutes: null });
    expect(sumOf([gateOf({ freezes: [...fullGate.freezes] })])).toMatchObject({ demands: [rule], count: 1 });
  });

  it('ask for nobody where one says so and none asks', () => {
    const loose = gateOf({ id: 'loose', name: 'Notes', noApproval: true });
    const frozen = gateOf({ freezes: [...fullGate.freezes] });
    expect(sumOf([frozen, loose])).toMatchObject({ demands: [], count: 0, waivedBy: [{ id: 'loose', name: 'Notes' }] });
  });

  it('ask for approvals as soon as one does, whatever another says', () => {
    const loose = gateOf({ id: 'loose', noApproval: true });
    const strict = gateOf({ id: 'strict', approvals: { count: 1 } });
    for (const gates of [
      [loose, strict],
      [strict, loose],
    ]) {
      expect(sumOf(gates)).toMatchObject({ count: 1, waivedBy: [], demands: [{ gate: { id: 'strict' } }] });
    }
  });

  it('hold each, with the highest count and the shortest time', () => {
    const first = gateOf({ id: 'a', approvals: { count: 3, byRoles: ['cfo'], ttlMinutes: 600 } });
    const second = gateOf({ id: 'b', approvals: { count: 2, byGroups: ['board'], byPersons: ['u1'], ttlMinutes: 60 } });
    const third = gateOf({ id: 'c', approvals: { count: 1, mustSeeAll: true } });
    const sum = sumOf([first, second, third]);
    expect(sum).toMatchObject({ count: 3, ttlMinutes: 60 });
    expect(sum.gates.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(sum.demands.map(({ oneOf }) => oneOf.map(({ kind }) => kind))).toEqual([['ROLE'], ['GROUP', 'PERSON'], []]);
    expect(sum.demands.map(({ mustSeeAll }) => mustSeeAll)).toEqual([false, false, true]);
  });

  it('keep their windows apart, and their freezes and limits in one list', () => {
    const [window] = fullGate.windows;
    const [freeze] = fullGate.freezes;
    const [limits] = fullGate.limits;
    if (!window || !freeze || !limits) throw new Error('The full gate has all.');
    const sum = sumOf([
      gateOf({
        id: 'a',
        windows: [window, window],
        limits: [{ ...limits, sum: { ...limits.sum, per: 'TOOL' }, count: undefined }],
      }),
      gateOf({ id: 'b', windows: [window], freezes: [freeze] }),
    ]);
    expect(sum.schedule.windows.map(({ gate, windows }) => [gate.id, windows.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(sum.schedule.freezes).toEqual([
      {
        gate: { id: 'b', name: 'Large payments' },
        from: new Date('2026-12-23T23:00:00Z'),
        until: new Date('2027-01-02T00:00:00Z'),
        reason: 'Year end',
      },
    ]);
    const gate = { id: 'a', name: 'Large payments' };
    expect(sum.limits).toEqual([
      { kind: 'AMOUNT', gate, most: '10000.00', currency: 'EUR' },
      { kind: 'SUM', gate, most: '50000', currency: 'EUR', window: 'P1D', windowMs: 86_400_000, per: 'TOOL' },
    ]);
  });
});

describe('an escalation', () => {
  const { demands } = sumOf([
    gateOf({ approvals: { count: 1, byRoles: ['cfo'], escalateAfterMinutes: 60, escalateToRoles: ['ceo'] } }),
    gateOf({ id: 'other', approvals: { count: 1, byRoles: ['cro'] } }),
  ]);

  it('lets its roles stand in once its time has come, for its own gate alone', () => {
    expect(escalated(demands, 59.999)).toEqual(demands);
    expect(escalated(demands, 60).map(({ oneOf }) => oneOf.map(({ orRoles }) => orRoles))).toEqual([[['ceo']], [[]]]);
  });
});
