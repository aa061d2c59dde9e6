import { describe, expect, it } from '@jest/globals';
import { faultsOf, ruleBounds, ruleNames, usualRules } from './rules.ts';

describe('the rules of autonomy', () => {
  it('are usually within their bounds', () => {
    expect(faultsOf(usualRules)).toEqual([]);
  });

  it.each(ruleNames)('may set %s to its bounds and no further', (rule) => {
    const { least, most } = ruleBounds[rule];
    expect(faultsOf({ [rule]: least })).toEqual([]);
    expect(faultsOf({ [rule]: most })).toEqual([]);
    for (const wrong of [least - 1, most + 1, Number.NaN, '5', null, undefined]) {
      expect(faultsOf({ [rule]: wrong })).toMatchObject([{ rule }]);
    }
  });

  it('count in whole numbers where they count', () => {
    expect(faultsOf({ spikeReversals: 2.5 })).toMatchObject([{ message: expect.stringContaining('whole number') }]);
    expect(faultsOf({ reversalRateUnattended: 0.025 })).toEqual([]);
  });

  it('refuse a rule that they do not know, and what every object has', () => {
    expect(faultsOf({ autoApproveAll: true, constructor: 1 })).toMatchObject([
      { rule: 'autoApproveAll' },
      { rule: 'constructor' },
    ]);
  });
});
