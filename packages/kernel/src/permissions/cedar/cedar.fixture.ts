import type { ListRules } from './check-policy.ts';
import type { DecisionRequest } from './decide.ts';
import type { PolicySource } from './slice.ts';
import type { AttributeDeclaration, AttributeType, PolicyContext, PolicyPrincipal, Vocabulary } from './vocabulary.ts';

/** A hospital's vocabulary: documents that are read and listed, and orders that are approved. */
export const hospital: Vocabulary = {
  principalAttributes: [optional('department', 'String'), optional('clearance', 'Long'), optional('limit', 'Decimal')],
  resources: [
    {
      type: 'Document',
      attributes: [
        required('title', 'String'),
        required('owner', 'String'),
        optional('department', 'String'),
        required('classification', 'Long'),
        optional('pages', 'Long'),
        required('draft', 'Boolean'),
        optional('urgent', 'Boolean'),
        optional('cost', 'Decimal'),
        required('tags', 'Set<String>'),
        optional('readers', 'Set<String>'),
      ],
    },
    { type: 'Order', attributes: [required('amount', 'Decimal'), required('maker', 'String')] },
  ],
  permissions: [
    { name: 'knowledge:document:read', resource: 'Document' },
    { name: 'orders:order:approve', resource: 'Order' },
    { name: 'tenants:policy:publish' },
  ],
};

export const lists: ListRules = {
  listed: new Set(['knowledge:document:read']),
  columns: { Document: ['title', 'owner', 'department', 'classification', 'pages', 'draft', 'tags'] },
};

export const nurse: PolicyPrincipal = {
  kind: 'user',
  id: 'u-nurse',
  person: 'u-nurse',
  roles: ['nurse'],
  groups: ['ward 3'],
  attributes: { department: 'surgery', clearance: 2 },
};

export const tuesday: PolicyContext = {
  now: '2026-11-24T09:30:00.000Z',
  hour: 10,
  minute: 30,
  weekday: 2,
  date: '2026-11-24',
  region: 'eu',
};

export const letter = {
  type: 'Document',
  id: 'd-1',
  attributes: { title: 'Letter', owner: 'u-nurse', department: 'surgery', classification: 1, draft: false, tags: [] },
};

export const policy = (text: string, id = 'p1'): PolicySource => ({ id, name: `policy ${id}`, version: 3, text });

/** `permit(principal, action == Action::"knowledge:document:read", resource) when { ... }` */
export const read = (effect: 'permit' | 'forbid', condition = 'true'): string =>
  `${effect}(principal, action == Action::"knowledge:document:read", resource) when { ${condition} };`;

export const reading = (changes: Partial<DecisionRequest> = {}): DecisionRequest => ({
  principal: nurse,
  permission: 'knowledge:document:read',
  resource: letter,
  context: tuesday,
  granted: false,
  ...changes,
});

/** The letter with other attributes. */
export const withAttributes = (attributes: Record<string, unknown>): DecisionRequest['resource'] => ({
  ...letter,
  attributes: { ...letter.attributes, ...attributes },
});

export function required(name: string, type: AttributeType): AttributeDeclaration {
  return { name, type, required: true, description: name };
}

export function optional(name: string, type: AttributeType): AttributeDeclaration {
  return { name, type, required: false, description: name };
}
