import { enterpriseAttributes, isEnterprise, optionalAttributes } from './attribute-mapping.ts';
import { resourceSchema } from './message.ts';
import { badRequest } from './scim-error.ts';

/** Where a value stands, with names as the schemas spell them: RFC 7644 3.10. */
export interface AttributePath {
  /** `core`, the Enterprise User extension, or one that we do not know. */
  readonly schema: 'core' | 'enterprise' | 'unknown';
  /** Empty: the extension as a whole. */
  readonly attribute: string;
  /** What stands between brackets: `type eq "work"`. */
  readonly filter?: string;
  readonly sub?: string;
}

const longest = 1_000;
const grammar = /^(?:(urn:[\w.:-]+):)?([a-z$][\w$-]*)(?:\[(.+)\])?(?:\.([a-z$][\w$-]*))?$/i;

/** Throws `invalidPath` for what is not a path. Names are read whatever their case (RFC 7643 2.1). */
export function parsePath(text: string): AttributePath {
  const [, urn, name, filter, sub] = (text.length <= longest && grammar.exec(text)) || [];
  if (name === undefined) throw badRequest('invalidPath', `"${text.slice(0, 100)}" is not a path to an attribute.`);
  const extension = extensionIn(urn, name);
  if (extension === 'enterprise') return { schema: 'enterprise', attribute: sub ? spelled(sub) : '' };
  if (urn && !isCore(urn)) {
    const schema = sameUrn(urn, resourceSchema.enterpriseUser) ? 'enterprise' : 'unknown';
    return { schema, attribute: spelled(name), ...rest(filter, sub) };
  }
  const attribute = spelled(name);
  // Entra ID names manager and department also without their schema.
  return { schema: isEnterprise(attribute) ? 'enterprise' : 'core', attribute, ...rest(filter, sub) };
}

/** The name as the schemas spell it; one that they do not know stays as it is. */
export const spelled = (name: string): string => spelling.get(name.toLowerCase()) ?? name;

/** Before 2019 Entra ID put a dot between extension and attribute; and the extension itself looks like an attribute. */
const extensionIn = (urn: string | undefined, name: string): 'enterprise' | undefined =>
  urn !== undefined && sameUrn(`${urn}:${name}`, resourceSchema.enterpriseUser) ? 'enterprise' : undefined;

const isCore = (urn: string): boolean => sameUrn(urn, resourceSchema.user) || sameUrn(urn, resourceSchema.group);

const sameUrn = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const rest = (filter: string | undefined, sub: string | undefined) => ({
  ...(filter !== undefined && { filter }),
  ...(sub !== undefined && { sub: spelled(sub) }),
});

/** RFC 7643 sections 3, 4.1 and 4.2. */
export const readOnlyAttributes: ReadonlySet<string> = new Set(['id', 'meta', 'groups', 'schemas']);

/** Attributes of RFC 7643 4.1 that we know of and never keep. */
export const droppedAttributes: ReadonlySet<string> = new Set([
  'profileUrl',
  'password',
  'phoneNumbers',
  'ims',
  'photos',
  'addresses',
  'entitlements',
  'roles',
  'x509Certificates',
]);

const spelling = new Map(
  [
    ...['externalId', 'userName', 'displayName', 'active', 'name', 'emails', 'members'],
    ...['formatted', 'givenName', 'familyName', 'middleName', 'honorificPrefix', 'honorificSuffix'],
    ...[
      'value',
      'type',
      'primary',
      'display',
      '$ref',
      'created',
      'lastModified',
      'resourceType',
      'location',
      'version',
    ],
    ...readOnlyAttributes,
    ...droppedAttributes,
    ...enterpriseAttributes,
    ...optionalAttributes.filter((name) => name !== 'email'),
  ].map((name) => [name.toLowerCase(), name]),
);
