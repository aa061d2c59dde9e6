import { problem } from '@countersign/kernel';
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

/** As much as fits into places of one template, in characters of JSON. */
export const mostFilled = 1_000_000;

/**
 * Counts what is put into places, and refuses with `INPUT_TOO_LARGE` what would be too much of it: the same large value in
 * a thousand places is small in memory, and large wherever it is written down.
 */
export function fillingMeter(): <T extends JsonValue | undefined>(value: T) => T {
  const sizes = new WeakMap<object, number>();
  let filled = 0;
  const sizeOf = (value: JsonValue): number => {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 8;
    const known = sizes.get(value) ?? JSON.stringify(value).length;
    sizes.set(value, known);
    return known;
  };
  return (value) => {
    if (value === undefined) return value;
    filled += sizeOf(value);
    if (filled <= mostFilled) return value;
    const message = `What is put into the places of the input is larger than ${mostFilled} characters.`;
    throw problem('INPUT_TOO_LARGE', message, ['input'], { most: mostFilled });
  };
}

export const startsWith = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((step, index) => step === path[index]);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
