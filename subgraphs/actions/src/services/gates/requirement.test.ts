import { describe, expect, it } from '@jest/globals';
import { escalated, sumOf } from './applicable.ts';
import { asks, maker, someone } from './approvers.fixture.ts';
import type { Maker } from './coverage.ts';
import { gateOf } from './gate.fixture.ts';
import { mayCount, standing } from './requirement.ts';

const cfo = someone('cfo', { roles: ['cfo'] });
const ann = someone('ann');
const ben = someone('ben', { department: 'audit' });

describe('approvals', () => {
  it('are complete when as many people have approved as are asked for', () => {
    const demands = asks({ count: 2 });
    expect([[], [ann], [ann, ben], [ann, ben, cfo]].map((each) => standing(demands, [maker], each).complete)).toEqual([
      ...[false, false, true, true],
    ]);
  });

  it('are needed by nobody where they are waived', () => {
    const { demands } = sumOf([gateOf({ noApproval: true })]);
    expect(standing(demands, [maker], [])).toEqual({ complete: true, missing: [] });
  });

  it('say what is missing, in words and as data', () => {
    const { complete, missing } = standing(asks({ count: 2, byRoles: ['cfo'] }), [maker], [ann]);
    expect(complete).toBe(false);
    expect(missing).toEqual([
      {
        gate: { id: 'gate-0', name: 'Gate 0' },
        count: 1,
        oneOf: [{ kind: 'ROLE', names: ['cfo'], orRoles: [] }],
        distinctDepartments: false,
        notMakersDepartment: false,
        mustSeeAll: false,
        reason: 'One more approval is needed, from the role cfo: the gate "Gate 0".',
      },
    ]);
  });

  it('of one person may be of all that several gates ask for', () => {
    const demands = asks({ count: 1, byRoles: ['cfo'] }, { count: 1, byGroups: ['board'], byPersons: ['cfo', 'cro'] });
    const both = { ...cfo, groups: ['board'] };
    expect(standing(demands, [maker], [both]).complete).toBe(true);
    expect(standing(demands, [maker], [cfo]).missing).toMatchObject([
      { gate: { id: 'gate-1' }, oneOf: [{ kind: 'GROUP' }] },
    ]);
  });

  it('count people, not the keys that they come with', () => {
    const key = someone('key', { person: 'ann' });
    expect(standing(asks({ count: 2 }), [maker], [ann, key]).missing).toMatchObject([{ count: 1 }]);
    expect(standing(asks({ count: 1, byPersons: ['ann'] }), [maker], [key]).complete).toBe(true);
  });

  it('of makers count for nothing: neither of who proposed it nor of who edited it, under any name', () => {
    const editor: Maker = { id: 'key', person: 'ann', department: 'it' };
    expect(standing(asks({ count: 1 }), [maker, editor], [ann, someone('maker')]).missing).toMatchObject([
      { count: 1 },
    ]);
  });

  it('come from different departments where they must, and known ones', () => {
    const demands = asks({ count: 2, distinctDepartments: true });
    expect(standing(demands, [maker], [ann, cfo]).missing).toMatchObject([{ count: 1 }]);
    expect(standing(demands, [maker], [ann, someone('eve', { department: null })]).missing).toMatchObject([
      { count: 1 },
    ]);
    expect(standing(demands, [maker], [ann, cfo, ben]).complete).toBe(true);
  });

  it('cannot take who has the role and who is in the group from one department where those must differ', () => {
    const demands = asks({ count: 2, byRoles: ['cfo'], byGroups: ['board'], distinctDepartments: true });
    const board = someone('eve', { groups: ['board'] });
    expect(standing(demands, [maker], [cfo, board, ben]).missing).toMatchObject([{ count: 1, oneOf: [{}] }]);
    expect(standing(demands, [maker], [cfo, { ...board, department: 'law' }]).complete).toBe(true);
  });

  it("come from outside every maker's department where they must, which has to be known", () => {
    const demands = asks({ count: 1, notMakersDepartment: true });
    expect(standing(demands, [maker], [ann]).complete).toBe(true);
    expect(standing(demands, [maker, { ...maker, id: 'x', person: 'x', department: 'finance' }], [ann]).complete).toBe(
      false,
    );
    expect(standing(demands, [{ ...maker, department: null }], [ann]).complete).toBe(false);
    expect(standing(demands, [maker], [{ ...ann, department: null }]).complete).toBe(false);
  });

  it('come from people who see everything where they must', () => {
    const demands = asks({ count: 1, mustSeeAll: true });
    expect(standing(demands, [maker], [{ ...ann, seesAll: false }]).complete).toBe(false);
    expect(standing(demands, [maker], [ann]).complete).toBe(true);
  });

  it('are given by those it was escalated to, once it was', () => {
    const demands = asks({ count: 1, byRoles: ['cfo'], escalateAfterMinutes: 60, escalateToRoles: ['ceo'] });
    const ceo = someone('ceo', { roles: ['ceo'] });
    expect(standing(escalated(demands, 59), [maker], [ceo]).complete).toBe(false);
    expect(standing(escalated(demands, 60), [maker], [ceo]).complete).toBe(true);
    expect(standing(escalated(demands, 60), [maker], [cfo]).complete).toBe(true);
  });
});

describe('one more approval', () => {
  const demands = asks({ count: 2, byRoles: ['cfo'] });

  it('counts towards each demand that it brings nearer', () => {
    expect(mayCount(demands, [maker], [], ann)).toEqual({ ok: true, towards: [{ id: 'gate-0', name: 'Gate 0' }] });
    expect(mayCount(demands, [maker], [ann], cfo)).toMatchObject({ ok: true });
  });

  it('does not count where only somebody else can bring what is missing', () => {
    expect(mayCount(demands, [maker], [ann], ben)).toEqual({
      ok: false,
      code: 'APPROVAL_WOULD_NOT_COUNT',
      message: 'Your approval would not count. One more approval is needed, from the role cfo: the gate "Gate 0".',
    });
  });

  it('does not count from a maker, twice, or when enough have approved', () => {
    expect(mayCount(demands, [maker], [], someone('k', { person: 'maker' }))).toMatchObject({
      code: 'MAKER_IS_NOT_CHECKER',
    });
    expect(mayCount(demands, [maker], [ann], someone('k', { person: 'ann' }))).toMatchObject({
      code: 'ALREADY_APPROVED',
    });
    expect(mayCount(demands, [maker], [ann, cfo], ben)).toMatchObject({ code: 'APPROVALS_COMPLETE' });
  });

  it.each([
    [{ count: 1, mustSeeAll: true }, { seesAll: false }, 'You may not see all of its data.'],
    [{ count: 1, notMakersDepartment: true }, { department: 'sales' }, "You are in its maker's department."],
    [{ count: 1, distinctDepartments: true }, { department: null }, 'It is not known which department you are in.'],
  ])('says why it would not count: %j', (approvals, members, why) => {
    expect(mayCount(asks(approvals), [maker], [], someone('eve', members))).toMatchObject({
      code: 'APPROVAL_WOULD_NOT_COUNT',
      message: expect.stringContaining(why),
    });
  });

  it('counts where it lets somebody else count later, whose department is taken now', () => {
    const strict = asks({
      count: 1,
      byRoles: ['cfo'],
      byGroups: ['board'],
      byPersons: ['pat'],
      distinctDepartments: true,
    });
    const inAudit = (id: string, groups: string[]) => someone(id, { roles: ['cfo'], groups, department: 'audit' });
    const board = someone('eve', { groups: ['board'] });
    const [cfoOnly, another, both] = [inAudit('a', []), inAudit('b', []), inAudit('c', ['board'])];
    const pat = someone('pat');
    expect(standing(strict, [maker], [cfoOnly, board, pat]).complete).toBe(false);
    expect(mayCount(strict, [maker], [cfoOnly, board], another)).toMatchObject({ code: 'APPROVAL_WOULD_NOT_COUNT' });
    expect(mayCount(strict, [maker], [cfoOnly, board], both)).toMatchObject({ ok: true });
    expect(mayCount(strict, [maker], [cfoOnly, board, both], pat)).toMatchObject({ ok: true });
    expect(standing(strict, [maker], [cfoOnly, board, both, pat]).complete).toBe(true);
  });

  it('says so when the department of the maker is not known', () => {
    const counts = mayCount(asks({ count: 1, notMakersDepartment: true }), [{ ...maker, department: null }], [], ann);
    expect(counts).toMatchObject({ message: expect.stringContaining('which department its maker is in') });
  });
});
