import {
  type AttributeMapping,
  type EnterpriseAttribute,
  enterpriseAttributes,
  isEnterprise,
  type MappableAttribute,
} from './attribute-mapping.ts';
import type { DirectoryUser } from './directory.ts';
import { etagOf } from './etag.ts';
import { type JsonObject, resourceSchema } from './message.ts';

/** A user as SCIM shows one: RFC 7643 4.1 and 4.3. `base` is the address of the service, without a slash at its end. */
export function userResource(user: DirectoryUser, mapping: AttributeMapping, base: string): JsonObject {
  const enterprise = enterpriseOf(user, mapping, base);
  const { formatted, given, family } = user.name;
  return {
    schemas: enterprise ? [resourceSchema.user, resourceSchema.enterpriseUser] : [resourceSchema.user],
    id: user.id,
    ...(user.externalId !== null && { externalId: user.externalId }),
    userName: user.userName,
    displayName: formatted,
    name: {
      formatted,
      ...(family !== null && { familyName: family }),
      ...(given !== null && { givenName: given }),
    },
    active: user.active,
    emails: [{ value: keptOf(user, mapping, 'email') ?? user.userName, type: 'work', primary: true }],
    ...optionalOf(user, mapping),
    groups: user.groups.map(({ id, name }) => ({
      value: id,
      display: name,
      type: 'direct',
      $ref: `${base}/Groups/${encodeURIComponent(id)}`,
    })),
    ...(enterprise && { [resourceSchema.enterpriseUser]: enterprise }),
    meta: {
      resourceType: 'User',
      created: user.createdAt,
      lastModified: user.updatedAt,
      location: userLocation(user.id, base),
      version: etagOf(user.version),
    },
  };
}

export const userLocation = (id: string, base: string): string => `${base}/Users/${encodeURIComponent(id)}`;

/** A mapped attribute's value as text; undefined where there is none. */
export function keptOf(user: DirectoryUser, mapping: AttributeMapping, name: MappableAttribute): string | undefined {
  const own = mapping[name];
  const value = own === undefined ? undefined : user.attributes[own];
  if (value === undefined || value === '') return undefined;
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function enterpriseOf(user: DirectoryUser, mapping: AttributeMapping, base: string): JsonObject | undefined {
  const kept = enterpriseAttributes.flatMap((name): [EnterpriseAttribute, unknown][] => {
    const value = keptOf(user, mapping, name);
    if (value === undefined) return [];
    return [[name, name === 'manager' ? { value, $ref: userLocation(value, base) } : value]];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function optionalOf(user: DirectoryUser, mapping: AttributeMapping): JsonObject {
  const names = Object.keys(mapping) as MappableAttribute[]; // `Object.keys` widens the keys that the type has.
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = isEnterprise(name) || name === 'email' ? undefined : keptOf(user, mapping, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
