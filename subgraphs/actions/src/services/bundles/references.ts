import { atPointer, stepsOf } from '@countersign/plugin-sdk';
import type { JsonObject, JsonValue } from '../decision-log/index.ts';
import { fillingMeter, isObject, type Path, replaceMarked } from './places.ts';

/** A part of a step's input that an earlier step's outcome gives: `{ "$from": "first", "pointer": "/output/id" }`. */
export interface Reference {
  /** Where it stands in the input. */
  readonly at: Path;
  /** Key of the step. */
  readonly from: string;
  /** JSON Pointer (RFC 6901) into `{ externalId, output }`. */
  readonly pointer: string;
}

export interface ReferencesFound {
  readonly references: readonly Reference[];
  /** Where something is meant to be one and is not well formed. */
  readonly malformed: readonly Path[];
}

export function referencesIn(input: JsonObject): ReferencesFound {
  const references: Reference[] = [];
  const malformed: Path[] = [];
  replaceMarked(input, '$from', (marked, at) => {
    const reference = asReference(marked, at);
    if (reference) references.push(reference);
    else malformed.push(at);
    return undefined;
  });
  return { references, malformed };
}

/** What a step that is done hands on. */
export interface Given {
  readonly externalId: string | null;
  readonly output: JsonValue;
}

export interface Resolved {
  readonly input: JsonValue | undefined;
  /** Of which nothing was there: their members are left out. */
  readonly absent: readonly Reference[];
}

/** The input with what the steps gave in the place of its references. */
export function resolveReferences(template: JsonObject, given: ReadonlyMap<string, Given>): Resolved {
  const absent: Reference[] = [];
  const meter = fillingMeter();
  const input = replaceMarked(template, '$from', (marked, at) => {
    const reference = asReference(marked, at);
    // Whatever is stored was found to be well formed before.
    if (!reference) return undefined;
    const value = valueAt(given.get(reference.from), reference.pointer);
    if (value === undefined) absent.push(reference);
    return meter(value);
  });
  return { input, absent };
}

/** `/output/code/system` -> `['code', 'system']`; null for what stands beside the output. */
export function stepsInOutput(pointer: string): Path | null {
  const [root, ...steps] = stepsOf(pointer);
  return root === 'output' ? steps : null;
}

function valueAt(given: Given | undefined, pointer: string): JsonValue | undefined {
  if (!given) return undefined;
  if (pointer === '/externalId') return given.externalId ?? undefined;
  // What stands inside JSON is JSON; the SDK has it read-only.
  return atPointer({ output: given.output }, pointer) as JsonValue | undefined;
}

const wellFormed = /^\/(externalId|output(\/([^~/]|~[01])*)*)$/;

function asReference(marked: JsonObject, at: Path): Reference | null {
  const { $from: from, pointer, ...rest } = marked;
  if (typeof from !== 'string' || typeof pointer !== 'string' || Object.keys(rest).length > 0) return null;
  return wellFormed.test(pointer) ? { at, from, pointer } : null;
}

export const isReference = (value: JsonValue): boolean => isObject(value) && Object.hasOwn(value, '$from');
