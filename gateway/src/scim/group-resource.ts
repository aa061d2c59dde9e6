import { z } from 'zod';
import { spelled } from './attribute-path.ts';
import type { DirectoryGroup, GroupInput } from './directory.ts';
import { etagOf } from './etag.ts';
import { isObject, type JsonObject, resourceSchema, saysSchema } from './message.ts';
import { requireBody } from './request-body.ts';
import { badRequest } from './scim-error.ts';

/** A group as SCIM shows one: RFC 7643 4.2. Members that were not read are left out. */
export function groupResource(group: DirectoryGroup, base: string): JsonObject {
  return {
    schemas: [resourceSchema.group],
    id: group.id,
    ...(group.externalId !== null && { externalId: group.externalId }),
    displayName: group.displayName,
    ...(group.members && {
      members: group.members.map(({ id, kind, name }) => ({
        value: id,
        display: name,
        type: kind,
        $ref: `${base}/${kind}s/${encodeURIComponent(id)}`,
      })),
    }),
    meta: {
      resourceType: 'Group',
      created: group.createdAt,
      lastModified: group.updatedAt,
      location: groupLocation(group.id, base),
      version: etagOf(group.version),
    },
  };
}

export const groupLocation = (id: string, base: string): string => `${base}/Groups/${encodeURIComponent(id)}`;

/** Reads the body of `POST` or `PUT`. A group without `members` has none. Throws `invalidSyntax` or `invalidValue`. */
export function readGroup(body: unknown): GroupInput {
  const resource = requireBody(body);
  if (!saysSchema(resource, resourceSchema.group)) {
    throw badRequest('invalidSyntax', `A group says that it is one: "schemas": ["${resourceSchema.group}"].`);
  }
  const { members, externalId, displayName } = Object.fromEntries(
    Object.entries(resource).map(([key, value]) => [spelled(key), value]),
  );
  return {
    displayName: groupName(displayName),
    externalId: groupExternalId(externalId),
    members: members === undefined || members === null ? [] : [...new Set(memberIds(members))],
  };
}

/** Throws `invalidValue` for anything that a group cannot be called. */
export function groupName(value: unknown): string {
  const parsed = z.string().trim().min(1).max(1_000).safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest('invalidValue', 'A group has a displayName of 1 to 1000 characters.');
}

export function groupExternalId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && value.length <= 1_000) return value;
  throw badRequest('invalidValue', '"externalId" is text of at most 1000 characters.');
}

/** The ids in `[{"value": id}]`, and in the shorter ways that clients write it. */
export function memberIds(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((each) => {
    const id = isObject(each) ? each.value : each;
    if (typeof id === 'string' && id !== '' && id.length <= 256) return id;
    throw badRequest('invalidValue', 'A member is an object with an id, such as {"value": "2819c223"}.');
  });
}
