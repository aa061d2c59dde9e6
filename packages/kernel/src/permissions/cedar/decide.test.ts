import { describe, expect, it } from '@jest/globals';
import { hospital, letter, nurse, optional, policy, read, reading, withAttributes } from './cedar.fixture.ts';
import { CompiledPolicies } from './compiled-policies.ts';

const compiled = (...texts: string[]) =>
  new CompiledPolicies(
    hospital,
    texts.map((text, index) => policy(text, `p${index + 1}`)),
  );
const ownDepartment =
  'principal has department && resource has department && principal.department == resource.department';

describe('a decision', () => {
  it('is what roles and grants say where there is no policy', () => {
    const policies = compiled();
    expect(policies.appliesTo('knowledge:document:read')).toBe(false);
    expect(policies.decide(reading({ granted: true }))).toMatchObject({ allowed: true, by: 'rbac', reasons: [] });
    expect(policies.decide(reading())).toMatchObject({ allowed: false, by: 'nothing', reasons: [] });
  });

  it('names the policy, the statement and the clause that permitted, and what was looked at', () => {
    const policies = compiled(
      `permit(principal in Role::"doctor", action == Action::"knowledge:document:read", resource);
permit(principal, action == Action::"knowledge:document:read", resource is Document)
when { ${ownDepartment} } unless { context.hour < 8 };`,
    );
    expect(policies.decide(reading())).toEqual({
      allowed: true,
      by: 'policy',
      reasons: [
        {
          policyId: 'p1',
          name: 'policy p1',
          version: 3,
          statement: 2,
          effect: 'permit',
          clause:
            'when { (principal has department) && (resource has department) && (principal.department == resource.department) } unless { context.hour < 8 }',
        },
      ],
      errors: [],
      lookedAt: [
        { path: 'context.hour', value: 10 },
        { path: 'principal.department', value: 'surgery' },
        { path: 'principal.roles', value: ['nurse'] },
        { path: 'resource.department', value: 'surgery' },
      ],
    });
  });

  it('names the scope where that is all a statement says', () => {
    const policies = compiled(
      'forbid(principal in Group::"ward 3", action in [Action::"knowledge:document:read"], resource);',
    );
    expect(policies.decide(reading({ granted: true }))).toMatchObject({
      allowed: false,
      by: 'policy',
      reasons: [{ effect: 'forbid', clause: expect.stringContaining('principal in Group::"ward 3"') }],
    });
  });

  it('is `nothing` without reasons where no permit is satisfied', () => {
    const decision = compiled(read('permit', 'resource.draft')).decide(reading());
    expect(decision).toMatchObject({ allowed: false, by: 'nothing', reasons: [], errors: [] });
    expect(decision.lookedAt).toEqual([{ path: 'resource.draft', value: false }]);
  });

  it('lets a forbid beat a permit and a grant', () => {
    const policies = compiled(read('permit'), read('forbid', 'resource.classification == 1'));
    expect(policies.decide(reading({ granted: true }))).toMatchObject({
      allowed: false,
      by: 'policy',
      reasons: [{ policyId: 'p2', effect: 'forbid' }],
    });
  });

  it('is about the permission that a statement names, and no other', () => {
    const policies = compiled('permit(principal, action == Action::"tenants:policy:publish", resource);');
    expect(policies.appliesTo('knowledge:document:read')).toBe(false);
    expect(policies.permitsPossible('tenants:policy:publish')).toBe(true);
    expect(compiled(read('forbid')).permitsPossible('knowledge:document:read')).toBe(false);
    expect(policies.decide(reading())).toMatchObject({ allowed: false, by: 'nothing' });
  });

  it('knows a machine from a user, and whether roles and grants permit', () => {
    const policies = compiled(
      'forbid(principal is Machine, action == Action::"knowledge:document:read", resource) when { context.granted };',
    );
    const machine = { ...nurse, kind: 'api_key' };
    expect(policies.decide(reading({ granted: true }))).toMatchObject({ allowed: true, by: 'rbac' });
    expect(policies.decide(reading({ granted: true, principal: machine }))).toMatchObject({
      allowed: false,
      by: 'policy',
    });
  });

  it('refuses an object of another type than the permission is decided on', () => {
    const order = { type: 'Order', id: '1', attributes: {} };
    expect(() => compiled(read('permit')).decide(reading({ resource: order }))).toThrow(TypeError);
  });
});

describe('what cannot be worked out', () => {
  const overflow = 'resource.classification * 9007199254740991 * 9007199254740991 > 0';

  it('denies, and a permit does not win over a forbid that fails', () => {
    const policies = compiled(read('permit'), read('forbid', overflow));
    const request = reading({ granted: true, resource: withAttributes({ classification: 2 }) });
    const decision = policies.decide(request);
    expect(decision).toMatchObject({ allowed: false, by: 'error', reasons: [] });
    expect(decision.errors).toEqual([
      { policyId: 'p2', name: 'policy p2', version: 3, message: expect.stringContaining('overflow') },
    ]);
  });

  it('denies also where it is only a permit that fails', () => {
    const policies = compiled(read('permit'), read('permit', overflow));
    const request = reading({ granted: true, resource: withAttributes({ classification: 2 }) });
    expect(policies.decide(request)).toMatchObject({ allowed: false, by: 'error', errors: [{ policyId: 'p2' }] });
  });

  it.each([{}, { classification: null }])('denies where a forbid misses an attribute: %j', (attributes) => {
    const policies = compiled(read('permit'), read('forbid', 'resource.classification > 3'));
    const resource = { ...letter, attributes };
    expect(policies.decide(reading({ granted: true, resource }))).toMatchObject({
      allowed: false,
      by: 'error',
      errors: [{ policyId: 'p2', message: expect.stringContaining('classification') }],
      lookedAt: [{ path: 'resource.classification', value: null }],
    });
  });

  it.each([
    ['the text of a number', { classification: '1' }],
    ['a fraction', { classification: 1.5 }],
    ['a list', { classification: [1] }],
    ['an object that looks like an entity', { classification: { __entity: { type: 'User', id: 'x' } } }],
    ['a set with a hole', { classification: 1, tags: ['a', null] }],
  ])('denies where an attribute of the object is %s', (_, attributes) => {
    const policies = compiled(read('permit', 'resource.classification != 3 && !resource.tags.contains("secret")'));
    const decision = policies.decide(reading({ granted: true, resource: withAttributes(attributes) }));
    expect(decision).toMatchObject({ allowed: false, by: 'error', errors: [{ policyId: 'p1' }] });
  });

  it('denies where an attribute of the principal is of another type than the tenant declared', () => {
    const policies = compiled(
      read('forbid', 'principal has clearance && principal.clearance < resource.classification'),
    );
    const principal = { ...nurse, attributes: { clearance: '9' } };
    expect(policies.decide(reading({ granted: true, principal }))).toMatchObject({
      allowed: false,
      by: 'error',
      errors: [{ message: 'principal.clearance is not a Long, as it is declared.' }],
    });
  });

  it('does not look at attributes that no policy names', () => {
    const resource = withAttributes({ classification: 'wrong', constructor: 1 });
    expect(compiled(read('permit')).decide(reading({ resource }))).toMatchObject({ allowed: true, lookedAt: [] });
  });

  it('does not take what every JavaScript object has for an attribute', () => {
    const vocabulary = { ...hospital, principalAttributes: [optional('constructor', 'String')] };
    const policies = new CompiledPolicies(vocabulary, [policy(read('permit', 'principal has constructor'))]);
    expect(policies.decide(reading())).toMatchObject({ allowed: false, by: 'nothing' });
  });

  it('denies every permission that a policy names which does not hold any more', () => {
    const changed = { ...hospital, principalAttributes: [] };
    const policies = new CompiledPolicies(changed, [
      policy(read('forbid', 'principal has clearance && principal.clearance < 1')),
    ]);
    expect(policies.decide(reading({ granted: true }))).toMatchObject({
      allowed: false,
      by: 'error',
      errors: [{ message: 'principal.clearance is not known any more.' }],
    });
    expect(policies.filter({ ...reading({ granted: true }), columns: {} })).toMatchObject({
      kind: 'none',
      why: 'error',
    });
  });

  it('denies where an attribute has another type than when the policy was written', () => {
    const changed = { ...hospital, principalAttributes: [optional('clearance', 'String')] };
    const policies = new CompiledPolicies(changed, [
      policy(read('forbid', 'principal has clearance && principal.clearance == 1')),
    ]);
    expect(policies.decide(reading({ granted: true }))).toMatchObject({ allowed: false, by: 'error' });
  });

  it('denies everything while there is a text that cannot be read at all', () => {
    const policies = compiled('forbid everybody');
    expect(policies.appliesTo('tenants:policy:publish')).toBe(true);
    expect(policies.decide(reading({ granted: true }))).toMatchObject({ allowed: false, by: 'error' });
  });

  it('denies a permission that is not declared any more, if a policy names it', () => {
    const policies = compiled('permit(principal, action == Action::"knowledge:document:eat", resource);');
    const decision = policies.decide(reading({ granted: true, permission: 'knowledge:document:eat' }));
    expect(decision).toMatchObject({ allowed: false, by: 'error', errors: [{ policyId: 'p1' }] });
  });
});

describe('more statements than fit in one set', () => {
  const many = Array.from({ length: 250 }, (_, index) => read('permit', `resource.title == "title ${index}"`));

  it('are decided together', () => {
    const policies = compiled(...many);
    const decision = policies.decide(reading({ resource: withAttributes({ title: 'title 249' }) }));
    expect(decision).toMatchObject({ allowed: true, by: 'policy', reasons: [{ policyId: 'p250' }] });
    expect(policies.decide(reading())).toMatchObject({ allowed: false, by: 'nothing' });
  });

  it('let a forbid in the last set beat a permit in the first', () => {
    const policies = compiled(...many, read('forbid', 'resource.draft'));
    const resource = withAttributes({ title: 'title 0', draft: true });
    expect(policies.decide(reading({ resource }))).toMatchObject({
      allowed: false,
      by: 'policy',
      reasons: [{ policyId: 'p251' }],
    });
  });

  it('let an error in the last set deny what the first permits', () => {
    const policies = compiled(...many, read('forbid', 'resource.pages > 3 && resource has pages'), read('permit'));
    expect(policies.decide(reading({ granted: true }))).toMatchObject({ allowed: false, by: 'error' });
  });

  it('fail where one that would not have mattered fails', () => {
    const failing = read('permit', 'resource.classification * 9007199254740991 * 9007199254740991 > 0');
    const policies = compiled(...many.slice(0, 20), failing, read('permit'));
    const resource = withAttributes({ title: 'title 0', classification: 2 });
    for (const granted of [true, false]) {
      expect(policies.decide(reading({ granted, resource }))).toMatchObject({
        allowed: false,
        by: 'error',
        errors: [{ policyId: 'p21' }],
      });
    }
  });
});
