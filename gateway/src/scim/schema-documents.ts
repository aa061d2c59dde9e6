import {
  type AttributeMapping,
  type EnterpriseAttribute,
  enterpriseAttributes,
  type MappableAttribute,
  optionalAttributes,
} from './attribute-mapping.ts';
import { type JsonObject, resourceSchema } from './message.ts';

/** The schemas of what is kept: RFC 7643 sections 7 and 8.7. What the mapping leaves out is not in them. */
export function schemaDocuments(mapping: AttributeMapping, base: string): readonly (JsonObject & { id: string })[] {
  const isMapped = (name: MappableAttribute) => mapping[name] !== undefined;
  const optional = optionalAttributes.filter((name) => name !== 'email').filter(isMapped);
  return [
    schema(base, resourceSchema.user, 'User', 'A person who may sign in.', [
      ...userAttributes,
      emails(isMapped('email') ? 'readWrite' : 'readOnly'),
      ...optional.map((name) => attribute(name, optionalDescriptions[name])),
      userGroups,
    ]),
    schema(base, resourceSchema.group, 'Group', 'A group of people.', groupAttributes),
    schema(
      base,
      resourceSchema.enterpriseUser,
      'EnterpriseUser',
      'What an organization knows of a person.',
      enterpriseAttributes.filter(isMapped).map((name) => enterpriseDocument(name)),
    ),
  ];
}

function schema(
  base: string,
  id: string,
  name: string,
  description: string,
  attributes: readonly JsonObject[],
): JsonObject & { id: string } {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  };
}

/** An attribute with the defaults of RFC 7643 2.2, all of them said. */
function attribute(name: string, description: string, more: JsonObject = {}): JsonObject {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    ...(more.type !== 'complex' && more.type !== 'boolean' && { caseExact: false }),
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

const userAttributes: readonly JsonObject[] = [
  attribute('userName', 'The sign-in name, most often an e-mail address. Unique, whatever the case.', {
    required: true,
    uniqueness: 'server',
  }),
  attribute('displayName', 'The name to show; the same as name.formatted.'),
  attribute('name', "The parts of the person's name.", {
    type: 'complex',
    subAttributes: [
      attribute('formatted', 'The whole name, as it is shown.'),
      attribute('familyName', 'The family name.'),
      attribute('givenName', 'The given name.'),
    ],
  }),
  attribute('active', 'Whether the person may sign in.', { type: 'boolean' }),
];

const emails = (mutability: 'readWrite' | 'readOnly'): JsonObject =>
  attribute('emails', 'The e-mail address. One is kept.', {
    type: 'complex',
    multiValued: true,
    mutability,
    subAttributes: [
      attribute('value', 'The address.', { mutability }),
      attribute('type', 'Always work.', { mutability, canonicalValues: ['work'] }),
      attribute('primary', 'Always true.', { type: 'boolean', mutability }),
    ],
  });

const userGroups = attribute('groups', 'The groups that the person is in; changed at the groups.', {
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  subAttributes: [
    attribute('value', "The group's id.", { mutability: 'readOnly', caseExact: true }),
    attribute('$ref', "The group's address.", { type: 'reference', mutability: 'readOnly', referenceTypes: ['Group'] }),
    attribute('display', "The group's name.", { mutability: 'readOnly' }),
    attribute('type', 'Always direct.', { mutability: 'readOnly', canonicalValues: ['direct'] }),
  ],
});

const groupAttributes: readonly JsonObject[] = [
  attribute('displayName', 'The name. Unique, whatever the case.', { required: true, uniqueness: 'server' }),
  attribute('members', 'Who is in the group.', {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value', "The member's id.", { mutability: 'immutable', caseExact: true }),
      attribute('$ref', "The member's address.", {
        type: 'reference',
        mutability: 'immutable',
        referenceTypes: ['User', 'Group'],
      }),
      attribute('display', "The member's name.", { mutability: 'readOnly' }),
      attribute('type', 'User or Group.', { mutability: 'immutable', canonicalValues: ['User', 'Group'] }),
    ],
  }),
];

function enterpriseDocument(name: EnterpriseAttribute): JsonObject {
  if (name !== 'manager') return attribute(name, enterpriseDescriptions[name]);
  return attribute('manager', 'The person that the user reports to.', {
    type: 'complex',
    subAttributes: [
      attribute('value', "The manager's id.", { caseExact: true }),
      attribute('$ref', "The manager's address.", {
        type: 'reference',
        mutability: 'readOnly',
        referenceTypes: ['User'],
      }),
    ],
  });
}

const enterpriseDescriptions: Record<Exclude<EnterpriseAttribute, 'manager'>, string> = {
  employeeNumber: "The organization's number for the person.",
  costCenter: 'The cost center.',
  organization: 'The organization.',
  division: 'The division.',
  department: 'The department.',
};

const optionalDescriptions: Record<Exclude<(typeof optionalAttributes)[number], 'email'>, string> = {
  title: "The person's title, such as Vice President.",
  userType: "The organization's kind of relation to the person, such as Contractor.",
  nickName: 'The casual name.',
  preferredLanguage: 'The preferred language, as in the header Accept-Language.',
  locale: 'Where numbers and dates are written as the person does, such as en-US.',
  timezone: 'The time zone, such as Europe/Berlin.',
};
