import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  above,
  allowedBy,
  below,
  connectorOf,
  type Earned,
  explainLimit,
  inForce,
  type Level,
  levels,
  lowest,
  type Measured,
  rank,
  type Setting,
  scopes,
} from './level.ts';

const notes: Measured = { tool: 'notes.add', risk: 'LOW', reversible: true };
const earned = (level: Level, lowered = false): Earned => ({ level, lowered });
const set = (scope: Setting['scope'], name: string, level: Level): Setting => ({ scope, name, level });

const level = fc.constantFrom(...levels);
const tool = fc.record({
  tool: fc.constantFrom('notes.add', 'notes.drop', 'ledger.pay'),
  risk: fc.constantFrom('LOW' as const, 'MEDIUM' as const, 'HIGH' as const),
  reversible: fc.boolean(),
});
const setting = fc.oneof(
  fc.record({ scope: fc.constant('TENANT' as const), name: fc.constant('*'), level }),
  fc.record({ scope: fc.constant('RISK' as const), name: fc.constantFrom('LOW', 'MEDIUM', 'HIGH'), level }),
  fc.record({ scope: fc.constant('CONNECTOR' as const), name: fc.constantFrom('notes', 'ledger'), level }),
  fc.record({ scope: fc.constant('TOOL' as const), name: fc.constantFrom('notes.add', 'ledger.pay'), level }),
);
const settings = fc.array(setting, { maxLength: 6 });
const standing = fc.option(fc.record({ level, lowered: fc.boolean() }));

describe('levels', () => {
  it('are in the order of what they let a tool do', () => {
    expect(levels).toEqual(['SUGGEST', 'ONE_CLICK', 'UNATTENDED']);
    expect(levels.map(above)).toEqual(['ONE_CLICK', 'UNATTENDED', null]);
    expect(levels.map(below)).toEqual([null, 'SUGGEST', 'ONE_CLICK']);
    expect(lowest('UNATTENDED', 'ONE_CLICK', 'SUGGEST')).toBe('SUGGEST');
  });

  it('name the connector of a tool', () => {
    expect(connectorOf('notes.add')).toBe('notes');
    expect(connectorOf('notes')).toBe('');
  });
});

describe('the level in force', () => {
  it('is one click where nobody set and nothing earned anything, and permissions alone say who clicks', () => {
    expect(inForce(notes, [], null)).toEqual({
      level: 'ONE_CLICK',
      limitedBy: [{ by: 'EARNED', name: 'notes.add', level: 'ONE_CLICK' }],
      takesPerson: false,
    });
  });

  it('is unattended where it was earned and nothing is against it', () => {
    expect(inForce(notes, [], earned('UNATTENDED'))).toEqual({
      level: 'UNATTENDED',
      limitedBy: [],
      takesPerson: false,
    });
  });

  it.each([
    ['the tenant', set('TENANT', '*', 'SUGGEST')],
    ['its risk', set('RISK', 'LOW', 'SUGGEST')],
    ['its connector', set('CONNECTOR', 'notes', 'SUGGEST')],
    ['the tool', set('TOOL', 'notes.add', 'SUGGEST')],
  ])('is what is set for %s, where that is less', (_whose, limit) => {
    const { level, limitedBy, takesPerson } = inForce(notes, [limit], earned('UNATTENDED'));
    expect({ level, takesPerson }).toEqual({ level: 'SUGGEST', takesPerson: true });
    expect(limitedBy).toEqual([{ by: limit.scope, name: limit.name, level: 'SUGGEST' }]);
  });

  it.each([
    ['another risk', set('RISK', 'HIGH', 'SUGGEST')],
    ['another connector', set('CONNECTOR', 'note', 'SUGGEST')],
    ['another tool', set('TOOL', 'notes.addAll', 'SUGGEST')],
  ])('is not what is set for %s', (_whose, limit) => {
    expect(inForce(notes, [limit], earned('UNATTENDED')).level).toBe('UNATTENDED');
  });

  it('takes a person where a level was set, or lost', () => {
    expect(inForce(notes, [set('TENANT', '*', 'ONE_CLICK')], null).takesPerson).toBe(true);
    expect(inForce(notes, [set('TENANT', '*', 'UNATTENDED')], null).takesPerson).toBe(false);
    expect(inForce(notes, [], earned('ONE_CLICK', true)).takesPerson).toBe(true);
  });

  it('names all that bind it there', () => {
    const both = [set('TOOL', 'notes.add', 'SUGGEST'), set('TENANT', '*', 'SUGGEST'), set('RISK', 'LOW', 'ONE_CLICK')];
    expect(inForce(notes, both, null).limitedBy.map(({ by }) => by)).toEqual(['TENANT', 'TOOL']);
  });

  it('is never more than any that is said of it: the most restrictive wins', () => {
    fc.assert(
      fc.property(tool, settings, standing, (of, all, has) => {
        const { level, limitedBy } = inForce(of, all, has);
        const covering = all.filter(
          ({ scope, name }) => scope === 'TENANT' || [of.risk, of.tool, connectorOf(of.tool)].includes(name),
        );
        const said = [...covering.map((each) => each.level), allowedBy(of), has?.level ?? 'ONE_CLICK'];
        expect(rank(level)).toBe(Math.min(...said.map(rank)));
        expect(limitedBy.length > 0).toBe(level !== 'UNATTENDED');
        for (const limit of limitedBy) expect(limit.level).toBe(level);
      }),
    );
  });

  it('is never raised by one setting more', () => {
    fc.assert(
      fc.property(tool, settings, setting, standing, (of, all, one, has) => {
        expect(rank(inForce(of, [...all, one], has).level)).toBeLessThanOrEqual(rank(inForce(of, all, has).level));
      }),
    );
  });

  it('is never unattended for what does more harm, or cannot be undone, whatever is set and earned', () => {
    fc.assert(
      fc.property(tool, settings, standing, (of, all, has) => {
        fc.pre(of.risk !== 'LOW' || !of.reversible);
        expect(inForce(of, all, has).level).not.toBe('UNATTENDED');
      }),
    );
  });
});

describe('what limits a tool', () => {
  it('is said in one sentence each, which names the level', () => {
    for (const by of [...scopes, 'TOOL_ITSELF', 'EARNED'] as const) {
      expect(explainLimit({ by, name: 'notes.add', level: 'ONE_CLICK' })).toMatch(/^[A-Z].*ONE_CLICK.*\.$/);
    }
  });
});
