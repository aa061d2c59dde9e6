import { z } from 'zod';
import {
  type AttributeMapping,
  enterpriseAttributes,
  isEnterprise,
  type MappableAttribute,
} from './attribute-mapping.ts';
import { spelled } from './attribute-path.ts';
import type { DirectoryUser, UserInput } from './directory.ts';
import { isObject, type JsonObject, resourceSchema, saysSchema } from './message.ts';
import { requireBody } from './request-body.ts';
import { badRequest } from './scim-error.ts';
import { truth } from './truth.ts';
import { keptOf } from './user-resource.ts';

/** A user as a client describes one. What we do not keep is gone. */
export type UserDraft = z.infer<typeof draftShape>;

/**
 * Reads the body of `POST` or `PUT`. Names are read whatever their case; what is read-only or not kept is ignored
 * (RFC 7644 3.3 and 3.5.1). Throws `invalidSyntax` or `invalidValue`.
 */
export function readUser(body: unknown): UserDraft {
  const resource = requireBody(body);
  if (!saysSchema(resource, resourceSchema.user)) {
    throw badRequest('invalidSyntax', `A user says that it is one: "schemas": ["${resourceSchema.user}"].`);
  }
  return parseDraft(withOneSpelling(resource));
}

/** Throws `invalidValue`, naming the attribute. */
export function parseDraft(resource: unknown): UserDraft {
  const parsed = draftShape.safeParse(resource);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest('invalidValue', `"${issue?.path.join('.')}" is not valid: ${issue?.message}.`);
}

/** The draft as the directory takes it. What a draft does not say of `active` stays as it was; a new user is active. */
export function userInput(draft: UserDraft, mapping: AttributeMapping, before?: DirectoryUser): UserInput {
  const address = primaryAddress(draft);
  const userName = draft.userName ?? (before ? undefined : address);
  if (userName === undefined) {
    throw badRequest(before ? 'mutability' : 'invalidValue', 'A user has a userName, always.');
  }
  const name = { given: draft.name?.givenName ?? null, family: draft.name?.familyName ?? null };
  return {
    externalId: draft.externalId ?? null,
    userName,
    name: { formatted: draft.displayName ?? draft.name?.formatted ?? (joinedName(name) || userName), ...name },
    active: draft.active ?? before?.active ?? true,
    attributes: Object.fromEntries(
      (Object.entries(mapping) as [MappableAttribute, string][]) // `Object.entries` widens the keys.
        .map(([attribute, own]) => [own, mappedValue(draft, attribute, address) ?? null]),
    ),
  };
}

/** Whether the directory has the user just so. */
export function isSame(user: DirectoryUser, input: UserInput, mapping: AttributeMapping): boolean {
  const { externalId, userName, name, active } = input;
  return (
    user.externalId === externalId &&
    user.userName === userName &&
    user.active === active &&
    user.name.formatted === name.formatted &&
    user.name.given === name.given &&
    user.name.family === name.family &&
    (Object.entries(mapping) as [MappableAttribute, string][]) // `Object.entries` widens the keys.
      .every(([attribute, own]) => (keptOf(user, mapping, attribute) ?? null) === input.attributes[own])
  );
}

/** The name that a user is shown by, where only its parts are given. */
export const joinedName = ({ given, family }: { given: string | null; family: string | null }): string =>
  [given, family].filter(Boolean).join(' ');

function primaryAddress({ emails }: UserDraft): string | undefined {
  const work = emails?.find(({ type }) => type?.toLowerCase() === 'work');
  return (emails?.findLast(({ primary }) => primary) ?? work ?? emails?.[0])?.value;
}

function mappedValue(draft: UserDraft, attribute: MappableAttribute, address: string | undefined): string | undefined {
  if (attribute === 'email') return address;
  if (attribute === 'manager') return draft[resourceSchema.enterpriseUser]?.manager?.value;
  return isEnterprise(attribute) ? draft[resourceSchema.enterpriseUser]?.[attribute] : draft[attribute];
}

/** One spelling for every name of the schemas; Enterprise attributes that stand among the core ones move to theirs. */
function withOneSpelling(resource: JsonObject): JsonObject {
  const bare: Record<string, unknown> = {};
  const core: Record<string, unknown> = {};
  let extension: unknown;
  for (const [key, value] of Object.entries(resource)) {
    const name = spelled(key);
    if (key.toLowerCase() === resourceSchema.enterpriseUser.toLowerCase()) extension = innerSpelling(value);
    else if (isEnterprise(name)) bare[name] = value;
    else core[name] = innerSpelling(value);
  }
  const isAbsent = extension === undefined || extension === null;
  return {
    ...core,
    [resourceSchema.enterpriseUser]: isAbsent || isObject(extension) ? { ...bare, ...(extension ?? {}) } : extension,
  };
}

function innerSpelling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(innerSpelling);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [spelled(key), each]));
}

/** An attribute without a value may be left out, null, or empty: RFC 7643 2.5. */
const text = z
  .union([z.string().max(1_000), z.number(), z.null()], 'expected text')
  .transform((value) => (value === null || value === '' ? undefined : String(value)))
  .optional();

const orNothing = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform((value) => value ?? undefined);

/** Entra ID sends a manager also as a bare id, or in a list of one. */
const manager = z.preprocess((value) => {
  const one = Array.isArray(value) && value.length <= 1 ? value[0] : value;
  if (isObject(one)) return innerSpelling(one);
  return one === undefined || one === null ? undefined : { value: one };
}, z.object({ value: text }).optional());

const enterpriseShape = z.object({
  manager,
  ...(Object.fromEntries(
    enterpriseAttributes.filter((name) => name !== 'manager').map((name) => [name, text]),
  ) as Record<Exclude<(typeof enterpriseAttributes)[number], 'manager'>, typeof text>), // `fromEntries` forgets which keys it was given.
});

const draftShape = z.object({
  externalId: text,
  userName: z.string().trim().min(1).max(320).optional(),
  displayName: text,
  name: orNothing(z.object({ formatted: text, givenName: text, familyName: text })),
  active: z.preprocess(truth, z.boolean('expected true or false').optional()),
  emails: orNothing(
    z.array(z.object({ value: text, type: text, primary: z.preprocess(truth, z.boolean().optional()) })),
  ),
  title: text,
  userType: text,
  nickName: text,
  preferredLanguage: text,
  locale: text,
  timezone: text,
  [resourceSchema.enterpriseUser]: orNothing(enterpriseShape),
});
