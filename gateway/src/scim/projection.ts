import { isObject, type JsonObject, resourceSchema } from './message.ts';

/** What a caller wants to see of a resource: RFC 7644 3.9. Where both are given, `attributes` holds. */
export interface Projection {
  readonly attributes?: readonly string[] | undefined;
  readonly excludedAttributes?: readonly string[] | undefined;
}

/** The resource with what was asked for. `id` and `schemas` are always there. */
export function project(resource: JsonObject, projection: Projection): JsonObject {
  const only = namesIn(projection.attributes);
  const without = namesIn(projection.excludedAttributes);
  if (!only && !without) return resource;
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]): [string, unknown][] => {
      if (key === 'id' || key === 'schemas') return [[key, value]];
      const kept = only ? picked(key, value, only) : left(key, value, without ?? new Set());
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

/** Whether an attribute will be shown, so that what will not be need not be read. */
export function wants(projection: Projection, name: string): boolean {
  const only = namesIn(projection.attributes);
  if (only) return [...only].some((each) => each === name || each.startsWith(`${name}.`));
  return !namesIn(projection.excludedAttributes)?.has(name);
}

function picked(key: string, value: unknown, only: ReadonlySet<string>): unknown {
  const name = key.toLowerCase();
  if (only.has(name)) return value;
  return inside(value, (sub) => only.has(`${name}.${sub.toLowerCase()}`));
}

function left(key: string, value: unknown, without: ReadonlySet<string>): unknown {
  const name = key.toLowerCase();
  if (without.has(name)) return undefined;
  const touched = [...without].some((each) => each.startsWith(`${name}.`));
  return touched ? inside(value, (sub) => !without.has(`${name}.${sub.toLowerCase()}`)) : value;
}

/** The sub-attributes that are kept; undefined when there are none. */
function inside(value: unknown, keep: (sub: string) => boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => inside(each, keep)).filter((each) => each !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter(([sub]) => keep(sub));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Names in lower case, without the core schema before them, and with a dot behind an extension's. */
function namesIn(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const given = names?.map((each) => each.trim().toLowerCase()).filter((each) => each !== '');
  if (!given || given.length === 0) return undefined;
  return new Set(given.map((each) => withExtension(withoutCore(each))));
}

const cores = [resourceSchema.user, resourceSchema.group].map((urn) => `${urn.toLowerCase()}:`);
const extension = resourceSchema.enterpriseUser.toLowerCase();

const withoutCore = (name: string): string =>
  cores.reduce((rest, core) => (rest.startsWith(core) ? rest.slice(core.length) : rest), name);

const withExtension = (name: string): string =>
  name.startsWith(`${extension}:`) ? `${extension}.${name.slice(extension.length + 1)}` : name;
