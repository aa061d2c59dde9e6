import { z } from 'zod';
import { attributeName } from './cedar-text.ts';
import { parameter, policyTemplate } from './template.ts';

export const clearance = policyTemplate({
  name: 'clearance',
  title: 'Clearance at least the classification',
  description:
    'A document is read by people whose clearance is at least its classification: 0 is public, 1 internal, 2 confidential, 3 restricted. Who has no clearance reads what is free for everybody.',
  shape: {
    attribute: parameter(attributeName.default('clearance'), {
      type: 'ATTRIBUTE',
      description: 'Your attribute of people that is their clearance, a whole number; `clearance` unless told.',
      example: 'clearance',
    }),
    freeUpTo: parameter(z.int().min(0).max(3).optional(), {
      type: 'NUMBER',
      description: 'The highest classification that needs no clearance; absent: every document needs one.',
      example: 0,
    }),
  },
  write: ({ attribute, freeUpTo }) => {
    const free = freeUpTo === undefined ? '' : `resource.classification <= ${freeUpTo} || `;
    const cleared = `principal has ${attribute} && principal.${attribute} >= resource.classification`;
    return [
      `forbid (principal, action == Action::"knowledge:document:read", resource is Document)
unless { ${free === '' ? cleared : `${free}(${cleared})`} };`,
    ];
  },
});
