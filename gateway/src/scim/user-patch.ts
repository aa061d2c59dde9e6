import { type ScimPatchOperation, type ScimResource, scimPatch } from 'scim-patch';
import { z } from 'zod';
import { type AttributeMapping, enterpriseAttributes, isEnterprise, optionalAttributes } from './attribute-mapping.ts';
import { droppedAttributes, readOnlyAttributes } from './attribute-path.ts';
import type { DirectoryUser, UserInput } from './directory.ts';
import { parseFilter } from './filter.ts';
import { isObject, resourceSchema } from './message.ts';
import { type PatchOperation, refuseReadOnly } from './patch-request.ts';
import { badRequest, ScimError } from './scim-error.ts';
import { truth } from './truth.ts';
import { joinedName, parseDraft, type UserDraft, userInput } from './user-draft.ts';
import { keptOf } from './user-resource.ts';

/** What a user becomes by a PATCH: all of its operations, or a `ScimError` that says which does not work. */
export function patchUser(
  user: DirectoryUser,
  operations: readonly PatchOperation[],
  mapping: AttributeMapping,
): UserInput {
  const steps = operations.flatMap((operation) => stepsOf(operation, user.id, mapping));
  const patched = parseDraft(apply(patchable(user, mapping), steps));
  return userInput({ ...patched, displayName: shownName(patched, user) }, mapping, user);
}

interface Patchable extends ScimResource {
  readonly [attribute: string]: unknown;
}

/** The user with what is stored and nothing that is made up from it, so that nothing is stored by being shown. */
function patchable(user: DirectoryUser, mapping: AttributeMapping): Patchable {
  const { formatted, given, family } = user.name;
  const email = keptOf(user, mapping, 'email');
  return {
    schemas: [resourceSchema.user],
    meta: { created: new Date(user.createdAt), lastModified: new Date(user.updatedAt) },
    externalId: user.externalId,
    userName: user.userName,
    displayName: formatted,
    active: user.active,
    name: { formatted, givenName: given, familyName: family },
    ...(email !== undefined && { emails: [{ value: email, type: 'work', primary: true }] }),
    ...Object.fromEntries(
      optionalAttributes.filter((name) => name !== 'email').map((name) => [name, keptOf(user, mapping, name) ?? null]),
    ),
    [resourceSchema.enterpriseUser]: Object.fromEntries(
      enterpriseAttributes.map((name) => [name, keptOf(user, mapping, name) ?? null]),
    ),
  };
}

function apply(resource: Patchable, steps: readonly ScimPatchOperation[]): Patchable {
  try {
    return scimPatch(resource, [...steps]);
  } catch (error) {
    if (error instanceof ScimError) throw error;
    // What is left to go wrong here is a list of addresses that does not have what a filter looks for.
    throw badRequest('noTarget', 'There is nothing at the path of an operation.');
  }
}

/**
 * The name to show. SCIM has it twice, as `displayName` and `name.formatted`, and clients often change one of them, or
 * neither but its parts: what differs from before is what was meant.
 */
function shownName({ displayName, name }: UserDraft, user: DirectoryUser): string | undefined {
  const before = user.name;
  const said = [displayName, name?.formatted].filter((each) => each !== undefined);
  const changed = said.find((each) => each !== before.formatted);
  if (changed !== undefined) return changed;
  const parts = joinedName({ given: name?.givenName ?? null, family: name?.familyName ?? null });
  const wasMadeOfParts = before.formatted === joinedName(before);
  return wasMadeOfParts && parts !== '' ? parts : said[0];
}

/** The operation on what we keep, with values of the right kind; nothing for what is accepted and not kept. */
function stepsOf(operation: PatchOperation, id: string, mapping: AttributeMapping): readonly ScimPatchOperation[] {
  const { path } = operation;
  if (path.schema === 'unknown') return [];
  if (path.schema === 'enterprise') return enterpriseSteps(operation);
  if (readOnlyAttributes.has(path.attribute)) return refuseReadOnly(operation, id);
  if (droppedAttributes.has(path.attribute)) return [];
  if (path.attribute === 'emails') return mapping.email === undefined ? [] : emailSteps(operation);
  if (path.filter !== undefined) throw badRequest('invalidPath', `"${path.attribute}" is one value, not a list.`);
  if (path.attribute === 'name') return nameSteps(operation);
  if (path.sub !== undefined) throw badRequest('invalidPath', `"${path.attribute}" has no parts.`);
  if (texts.has(path.attribute)) return [single(operation, path.attribute)];
  if (path.attribute === 'active') return [activeStep(operation)];
  if (!operation.explicit) return [];
  throw badRequest('invalidPath', `A user has no attribute "${path.attribute}".`);
}

const texts: ReadonlySet<string> = new Set([
  'externalId',
  'userName',
  'displayName',
  ...optionalAttributes.filter((name) => name !== 'email'),
]);

function enterpriseSteps(operation: PatchOperation): readonly ScimPatchOperation[] {
  const { attribute, sub, filter } = operation.path;
  const extension = resourceSchema.enterpriseUser;
  if (attribute === '') return enterpriseAttributes.map((name) => ({ op: 'remove', path: `${extension}:${name}` }));
  if (!isEnterprise(attribute)) return [];
  if (filter !== undefined) throw badRequest('invalidPath', `"${attribute}" is one value, not a list.`);
  if (sub === undefined || sub === 'value') return [single(operation, `${extension}:${attribute}`)];
  if (attribute === 'manager') return []; // Its name and address follow from its id.
  throw badRequest('invalidPath', `"${attribute}" has no parts.`);
}

function nameSteps(operation: PatchOperation): readonly ScimPatchOperation[] {
  const { op, path, value } = operation;
  if (path.sub !== undefined) return nameParts.has(path.sub) ? [single(operation, `name.${path.sub}`)] : [];
  if (op === 'remove' || value === undefined)
    return [...nameParts].map((part) => ({ op: 'remove', path: `name.${part}` }));
  if (!isObject(value)) throw badRequest('invalidValue', 'A name is an object, such as {"givenName": "Ada"}.');
  return Object.entries(value).flatMap(([key, each]) => {
    const part = [...nameParts].find((known) => known.toLowerCase() === key.toLowerCase());
    return part === undefined ? [] : [single({ ...operation, value: each ?? undefined }, `name.${part}`)];
  });
}

const nameParts: ReadonlySet<string> = new Set(['formatted', 'givenName', 'familyName']);

/** Only with the parts that an address has: the keys of an object that is patched in would be read as paths. */
function emailSteps({ op, path, value }: PatchOperation): readonly ScimPatchOperation[] {
  const { filter, sub } = path;
  if (sub !== undefined && !emailParts.has(sub)) return [];
  if (filter !== undefined) {
    parseFilter(filter); // So that one that cannot be read is refused in the same words everywhere.
    if (/[:[\]]/.test(filter)) throw badRequest('invalidFilter', 'An address is found by its type, primary or value.');
  }
  const target = `emails${filter === undefined ? '' : `[${filter}]`}${sub === undefined ? '' : `.${sub}`}`;
  if (value === undefined) return [{ op: 'remove', path: target }];
  if (op === 'remove') {
    if (filter !== undefined || sub !== undefined) return [{ op, path: target }];
    return listOf(value).map((each) => ({ op, path: `emails[value eq ${JSON.stringify(address(each).value)}]` }));
  }
  if (sub !== undefined) return [{ op, path: target, value: sub === 'primary' ? truth(value) : textIn(value, target) }];
  return [{ op, path: target, value: filter === undefined ? listOf(value).map(address) : address(value) }];
}

const emailParts: ReadonlySet<string> = new Set(['value', 'type', 'primary']);

function address(value: unknown): { value?: string; type?: string; primary?: boolean } {
  if (typeof value === 'string') return { value };
  const parsed = addressShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest('invalidValue', 'An address is an object, such as {"value": "ada@example.com", "type": "work"}.');
}

const addressShape = z.object({
  value: z.string().optional(),
  type: z.string().optional(),
  primary: z.preprocess(truth, z.boolean().optional()),
});

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function single({ op, value }: PatchOperation, path: string): ScimPatchOperation {
  if (op === 'remove') return { op, path };
  const said = textIn(value, path);
  return said === undefined ? { op: 'remove', path } : { op, path, value: said };
}

function activeStep({ op, value }: PatchOperation): ScimPatchOperation {
  const said = truth(bare(value));
  if (op !== 'remove' && typeof said === 'boolean') return { op, path: 'active', value: said };
  throw badRequest('invalidValue', '"active" is true or false.');
}

/** The text that an attribute gets; undefined for none, which an empty one is too. */
function textIn(value: unknown, path: string): string | undefined {
  const said = bare(value);
  if (said === undefined || said === null || said === '') return undefined;
  if (typeof said === 'string' || typeof said === 'number' || typeof said === 'boolean') return String(said);
  throw badRequest('invalidValue', `"${path}" takes text.`);
}

/** Entra ID sends a single value also as `[{"value": "x"}]`. */
function bare(value: unknown): unknown {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return isObject(one) && 'value' in one ? one.value : one;
}
