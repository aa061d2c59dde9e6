import type { JsonObject, JsonValue } from '../decision-log/index.ts';

/** Where in a JSON value, from the outside in. */
export type Path = readonly string[];

/**
 * A copy in which each object that has the marker as a member is replaced. Where the answer is undefined nothing is left
 * in its place: the member, or the item, is gone.
 */
export function replaceMarked(
  value: JsonValue,
  marker: string,
  replace: (marked: JsonObject, at: Path) => JsonValue | undefined,
  at: Path = [],
): JsonValue | undefined {
  if (Array.isArray(value)) {
    return value
      .map((item: JsonValue, index) => replaceMarked(item, marker, replace, [...at, String(index)]))
      .filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, marker)) return replace(value, at);
  const members = Object.entries(value).map(([name, member]) => [
    name,
    member === undefined ? undefined : replaceMarked(member, marker, replace, [...at, name]),
  ]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

export const startsWith = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((step, index) => step === path[index]);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
