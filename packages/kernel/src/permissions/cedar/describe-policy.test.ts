import { describe, expect, it } from '@jest/globals';
import { describePolicy } from './describe-policy.ts';

describe('what a policy says', () => {
  it('is told statement by statement, in the order of the text', () => {
    const text = `@reason("Own ward.") permit(principal in Group::"ward 3", action in [Action::"a:b:read", Action::"a:b:list"], resource is Document)
when{principal.department==resource.department}unless{context.hour<8};
// everybody
forbid(principal, action == Action::"a:b:delete", resource);`;
    expect(describePolicy(text)).toEqual([
      {
        statement: 1,
        effect: 'permit',
        permissions: ['a:b:read', 'a:b:list'],
        resourceType: 'Document',
        clauses: [
          { kind: 'when', text: 'when { principal.department == resource.department }' },
          { kind: 'unless', text: 'unless { context.hour < 8 }' },
        ],
        attributes: ['context.hour', 'principal.department', 'principal.groups', 'resource.department'],
        texts: ['ward 3'],
        annotations: { reason: 'Own ward.' },
      },
      {
        statement: 2,
        effect: 'forbid',
        permissions: ['a:b:delete'],
        resourceType: null,
        clauses: [],
        attributes: [],
        texts: [],
        annotations: {},
      },
    ]);
  });

  it('cannot be told of a text that cannot be read', () => {
    expect(() => describePolicy('permit(')).toThrow(TypeError);
  });
});
