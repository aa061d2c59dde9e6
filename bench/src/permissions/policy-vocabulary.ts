import type { AttributeDeclaration, Declared } from '@countersign/kernel';

const types = ['Document', 'Order', 'Invoice', 'Patient', 'Sample', 'Device', 'Contract', 'Claim'];
const verbs = ['read', 'update', 'approve', 'export', 'delete'];
const permissions = verbs.flatMap((verb) => types.map((type) => `bench:${type.toLowerCase()}:${verb}`));

/** The type of object that the permission is decided on. */
export const typeOf = (permission: string): string => types[permissions.indexOf(permission) % types.length] ?? '';

/** Of a thousand policies 99 are about the busiest permission, then 79, 66, 57 and so on, and 9 about the last. */
const shares = permissions.map((_, rank) => 1 / (rank + 4));
const whole = shares.reduce((sum, share) => sum + share, 0);

/** The permission that a tenant's policy of the number is about; number 0 is about the busiest. */
export function permissionOfRank(number: number): string {
  // Steps of the golden ratio fall evenly, however many they are.
  let at = ((number * 0.6180339887498949) % 1) * whole;
  for (const [rank, share] of shares.entries()) {
    at -= share;
    if (at < 0) return permissions[rank] ?? '';
  }
  return permissions.at(-1) ?? '';
}

const declaration = (name: string, type: AttributeDeclaration['type'], required = true): AttributeDeclaration => ({
  name,
  type,
  required,
  description: name,
});

/** The tenant's own attributes of people. */
export const attributes = [declaration('department', 'String', false), declaration('clearance', 'Long', false)];

/** A product of 40 permissions on eight types of objects. */
export const declared: Declared = {
  permissions: permissions.map((name) => ({ name, description: name, risk: 'LOW', on: typeOf(name) })),
  objectTypes: types.map((type) => ({
    type,
    description: type,
    noun: 'object',
    readPermission: `bench:${type.toLowerCase()}:read`,
    attributes: [
      declaration('department', 'String', false),
      declaration('project', 'String'),
      declaration('region', 'String'),
      declaration('classification', 'Long'),
      declaration('amount', 'Decimal'),
      declaration('maker', 'String'),
      declaration('tags', 'Set<String>'),
    ],
  })),
  builtIn: [],
};
