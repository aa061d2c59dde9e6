import { z } from 'zod';
import { attributeName, nameList, setOf } from './cedar-text.ts';
import { parameter, policyTemplate } from './template.ts';

export const ownDepartment = policyTemplate({
  name: 'own-department',
  title: 'Own department only',
  description:
    'Documents of a department are read by the people of that department alone. Documents without one are for everybody whose roles open them, unless you say otherwise.',
  shape: {
    attribute: parameter(attributeName.default('department'), {
      type: 'ATTRIBUTE',
      description: 'Your attribute of people that names their department; `department` unless told.',
      example: 'department',
    }),
    exceptDepartments: parameter(nameList.optional(), {
      type: 'TEXT_LIST',
      description: 'Departments whose people read those of all others, too.',
      example: ['Audit'],
    }),
    refuseUnassigned: parameter(z.boolean().default(false), {
      type: 'BOOLEAN',
      description: 'Whether documents without a department are refused.',
      example: false,
    }),
  },
  write: ({ attribute, exceptDepartments = [], refuseUnassigned }) => {
    const own = `principal.${attribute} == resource.department`;
    const belongs = refuseUnassigned ? `resource has department && ${own}` : own;
    const all = exceptDepartments.length > 0 ? ` || ${setOf(exceptDepartments)}.contains(principal.${attribute})` : '';
    const condition = all ? `(${belongs}${all})` : belongs;
    return [
      [
        `forbid (principal, action == Action::"knowledge:document:read", resource is Document)`,
        ...(refuseUnassigned ? [] : ['when { resource has department }']),
        `unless { principal has ${attribute} && ${condition} };`,
      ].join('\n'),
    ];
  },
});
