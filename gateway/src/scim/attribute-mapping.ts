import { resourceSchema } from './message.ts';

/** Enterprise User, RFC 7643 4.3. */
export const enterpriseAttributes = [
  'employeeNumber',
  'costCenter',
  'organization',
  'division',
  'department',
  'manager',
] as const;

/** Texts of the core User, RFC 7643 4.1, that a tenant may want to keep. `email` is the primary one of `emails`. */
export const optionalAttributes = [
  'email',
  'title',
  'userType',
  'nickName',
  'preferredLanguage',
  'locale',
  'timezone',
] as const;

export type EnterpriseAttribute = (typeof enterpriseAttributes)[number];
export type MappableAttribute = EnterpriseAttribute | (typeof optionalAttributes)[number];

/**
 * What SCIM calls an attribute -> what the tenant calls it, such as `{ department: 'department', manager: 'managerId' }`.
 * What is not named here is accepted and not kept. Without `email`, the e-mail address is the user name.
 */
export type AttributeMapping = Readonly<Partial<Record<MappableAttribute, string>>>;

export const isEnterprise = (name: string): name is EnterpriseAttribute =>
  (enterpriseAttributes as readonly string[]).includes(name); // A wider type, to ask about any name.

/** The full name of a mapped attribute in paths and filters. */
export const pathOf = (name: MappableAttribute): string =>
  isEnterprise(name) ? `${resourceSchema.enterpriseUser}:${name}` : name;
