import { describe, expect, it } from '@jest/globals';
import { hospital, lists, nurse, policy, read, reading, tuesday } from './cedar.fixture.ts';
import { checkPolicy } from './check-policy.ts';
import { CompiledPolicies } from './compiled-policies.ts';

const check = (text: string) => checkPolicy(hospital, text, lists);
const codes = (text: string) => check(text).map(({ code }) => code);
const publish = (condition: string) =>
  `permit(principal, action == Action::"tenants:policy:publish", resource) when { ${condition} };`;

describe('a policy that may be saved', () => {
  it('has no problems', () => {
    expect(check(read('permit', 'principal has department && principal.department == "surgery"'))).toEqual([]);
    expect(
      check(`// own department only
@reason("Wards keep to themselves.")
forbid(principal, action in [Action::"knowledge:document:read"], resource is Document)
  when { resource has department } unless { principal in Role::"auditor" };
permit(principal is Machine in Group::"ward 3", action == Action::"orders:order:approve", resource)
  when { resource.amount.lessThanOrEqual(decimal("5000.00")) && resource.maker != principal.person };`),
    ).toEqual([]);
  });

  it('can be evaluated up to the depth that is let through', () => {
    const deep = (count: number) => publish(`${'context.hour > 3 && '.repeat(count)}true`);
    const deepest = Array.from({ length: 80 }, (_, count) => deep(count)).filter((text) => check(text).length === 0);
    expect(deepest.length).toBeGreaterThan(40);
    expect(codes(deep(deepest.length))).toEqual(['POLICY_TOO_DEEP']);
    const policies = new CompiledPolicies(hospital, [policy(deepest.at(-1) ?? '')]);
    const request = { ...reading(), permission: 'tenants:policy:publish', principal: nurse, context: tuesday };
    const decision = policies.decide({ ...request, resource: { type: 'Tenant', id: 't', attributes: {} } });
    expect(decision).toMatchObject({ allowed: true, by: 'policy' });
    expect(policies.filter({ ...request, columns: {} })).toEqual({ kind: 'all' });
  });
});

describe('a problem', () => {
  it('of an unknown attribute names line and column, and what there is instead', () => {
    const text =
      'permit(principal, action == Action::"knowledge:document:read", resource)\n  when { resource.clasification < 3 };';
    expect(check(text)).toEqual([
      {
        code: 'POLICY_UNKNOWN_ATTRIBUTE',
        line: 2,
        column: 10,
        message: expect.stringMatching(/^resource\.clasification is not known; Document has classification, cost,/),
      },
    ]);
  });

  it('is found behind `has`, where Cedar itself would take an unknown attribute for an absent one', () => {
    const text = `// ünïcode 😀 before it\n${read('forbid', 'resource has clasification && resource.clasification > 3')}`;
    expect(check(text)).toMatchObject([{ code: 'POLICY_UNKNOWN_ATTRIBUTE', line: 2, column: 81 }]);
    expect(codes(read('forbid', 'principal has departmnt'))).toEqual(['POLICY_UNKNOWN_ATTRIBUTE']);
    expect(codes(read('forbid', 'context.our > 3'))).toEqual(['POLICY_UNKNOWN_ATTRIBUTE']);
  });

  it('of an attribute that only some of the objects have is one for the others', () => {
    const text =
      'permit(principal, action in [Action::"knowledge:document:read", Action::"orders:order:approve"], resource) when { resource has title };';
    expect(check(text)).toMatchObject([
      { code: 'POLICY_UNKNOWN_ATTRIBUTE', message: expect.stringContaining('Order has amount, maker') },
    ]);
  });

  it("of Cedar's counts columns in characters, not in bytes", () => {
    const text = read('permit', 'resource.title == "żółć 😀" && resource.draft == 3');
    expect(check(text)).toMatchObject([
      { code: 'POLICY_INVALID', line: 1, column: text.indexOf('resource.draft') + 1 },
    ]);
  });

  it.each([
    [
      'an attribute that may be absent',
      read('permit', 'resource.department == "surgery"'),
      'POLICY_UNGUARDED_ATTRIBUTE',
    ],
    ['a wrong type', read('permit', 'resource.classification == "3"'), 'POLICY_INVALID'],
    ['text that is no policy', 'allow everybody', 'POLICY_SYNTAX'],
    ['text without a statement', '// later', 'POLICY_SYNTAX'],
    ['an unfinished statement', 'permit(principal, action, resource) when {', 'POLICY_SYNTAX'],
    [
      'an unknown permission',
      'permit(principal, action == Action::"knowledge:document:eat", resource);',
      'POLICY_UNKNOWN_PERMISSION',
    ],
    ['no permission', 'permit(principal, action, resource);', 'POLICY_WITHOUT_PERMISSION'],
    ['an empty list of permissions', 'permit(principal, action in [], resource);', 'POLICY_WITHOUT_PERMISSION'],
    [
      'a template',
      'permit(principal == ?principal, action == Action::"knowledge:document:read", resource);',
      'POLICY_INVALID',
    ],
    ['an unknown type', read('permit', 'principal in Team::"x"'), 'POLICY_INVALID'],
    [
      'a statement that never applies',
      read('forbid', 'context.hour > 3 && context.hour < 2 && false'),
      'POLICY_IMPOSSIBLE',
    ],
    [
      'a permission on another type of object',
      'permit(principal, action == Action::"orders:order:approve", resource is Document);',
      'POLICY_IMPOSSIBLE',
    ],
    [
      'a number that JavaScript would round',
      read('permit', 'resource.classification < 9007199254740993'),
      'POLICY_INVALID',
    ],
    [
      'an attribute read around a corner',
      read('permit', '(if true then resource else resource).draft'),
      'POLICY_INVALID',
    ],
    ['the context as a whole', read('permit', 'context == {hour: 3}'), 'POLICY_INVALID'],
    ['text that is written to mislead', read('permit', 'resource.title == "\u202Ecba"'), 'POLICY_INVALID'],
  ])('%s', (_, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  it('of 51 statements, of 64 KiB and of 1 MB is their size', () => {
    expect(codes(read('permit').repeat(50))).toEqual([]);
    expect(codes(read('permit').repeat(51))).toEqual(['POLICY_TOO_LARGE']);
    expect(codes(`// ${'x'.repeat(64 * 1024)}\n${read('permit')}`)).toEqual(['POLICY_TOO_LARGE']);
    expect(codes(read('permit', `${'true && '.repeat(130_000)}true`))).toEqual(['POLICY_TOO_LARGE']);
  });

  it('names each statement in its place, also from the eleventh on', () => {
    const lines = Array.from({ length: 12 }, (_, index) =>
      read('permit', index === 10 ? 'resource.draft > 1' : 'true'),
    );
    expect(check(lines.join('\n'))).toMatchObject([{ code: 'POLICY_INVALID', line: 11 }]);
  });

  it.each([
    ['brackets', `${'('.repeat(5_000)}true${')'.repeat(5_000)}`],
    ['negations', `${'!('.repeat(3_000)}true${')'.repeat(3_000)}`],
    ['a chain', `${'true && '.repeat(8_000)}true`],
    ['conditionals', `${'if true then '.repeat(2_000)}true${' else false'.repeat(2_000)}`],
    ['sums', `1${' + 1'.repeat(9_000)} == 2`],
  ])('of too deep %s leaves the engine as it was', (_, condition) => {
    expect(codes(read('permit', condition))).toEqual(['POLICY_TOO_DEEP']);
    expect(codes(read('permit'))).toEqual([]);
  });
});

describe('a policy about a list', () => {
  it.each([
    ['arithmetic', 'resource.classification + 1 > 3', /`\+`|worked out|something else/],
    [
      'a value that has to be worked out',
      'resource.classification < (if context.hour > 8 then 1 else 2)',
      /worked out/,
    ],
    [
      'an attribute without a column',
      'resource has cost && resource.cost.lessThan(decimal("1.0"))',
      /no column for resource\.cost/,
    ],
    ['the object among other things', '[resource].contains(resource)', /Type::"id"/],
  ])('cannot use %s', (_, condition, message) => {
    expect(check(`\n${read('forbid', condition)}`)).toMatchObject([
      { code: 'POLICY_NOT_LISTABLE', message: expect.stringMatching(message), line: 2, column: 1 },
    ]);
  });

  it('is free in what does not depend on the object', () => {
    const condition =
      'context.now.toTime() < duration("9h") && context.hour * 60 + context.minute < 500 && resource.draft';
    expect(check(read('forbid', condition))).toEqual([]);
  });

  it('is not asked to be a filter where its permission has no list', () => {
    const text =
      'forbid(principal, action == Action::"orders:order:approve", resource) when { resource.amount == decimal("1.0") || resource.maker like "*x" || 1 + context.hour > 3 };';
    expect(check(text)).toEqual([]);
  });
});
