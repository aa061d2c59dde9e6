import { describe, expect, it } from '@jest/globals';
import { newId } from '../ids.ts';
import { covers, holds, servicePrincipal } from './principal.ts';

describe('permissions', () => {
  it.each([
    ['actions:action:read', 'actions:action:read', true],
    ['actions:*:*', 'actions:action:read', true],
    ['actions:*:read', 'actions:action:approve', false],
    ['*', 'actions:action:read', false],
    ['actions:*', 'actions:action:read', false],
    ['tool:*:propose', 'tool:fhir.createServiceRequest:propose', true],
    ['', 'actions:action:read', false],
  ])('%s covers %s: %s', (pattern, permission, expected) => {
    expect(covers(pattern, permission)).toBe(expected);
  });

  it('are held by grants alone', () => {
    const principal = servicePrincipal(newId(), 'x', ['billing:budget:read']);
    expect(holds(principal, 'billing:budget:read')).toBe(true);
    expect(holds(principal, 'billing:budget:update')).toBe(false);
    expect(holds(principal, 'billing:budget:read')).toBe(true);
  });
});
