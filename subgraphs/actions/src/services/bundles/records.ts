import { atPointer } from '@countersign/plugin-sdk';
import type { JsonObject, JsonValue } from '../decision-log/index.ts';
import { fillingMeter, type Path, replaceMarked } from './places.ts';

const pointerPattern = /^(\/([^~/]|~[01])*)*$/;

/** Where `{ "$record": "/pointer" }` is meant and is not well formed. */
export function malformedPlaces(template: JsonObject): readonly Path[] {
  const malformed: Path[] = [];
  replaceMarked(template, '$record', (marked, at) => {
    if (pointerOf(marked) === null) malformed.push(at);
    return undefined;
  });
  return malformed;
}

/** The template with a record's values in its places; what the record does not have is left out. */
export function fillRecord(template: JsonObject, record: JsonValue): JsonObject {
  const meter = fillingMeter();
  const filled = replaceMarked(template, '$record', (marked) => {
    const pointer = pointerOf(marked);
    // What stands inside JSON is JSON; the SDK has it read-only.
    return meter(pointer === null ? undefined : (atPointer(record, pointer) as JsonValue | undefined));
  });
  return isWhole(filled) ? filled : {};
}

function pointerOf({ $record: pointer, ...rest }: JsonObject): string | null {
  const sound = typeof pointer === 'string' && pointerPattern.test(pointer) && Object.keys(rest).length === 0;
  return sound ? pointer : null;
}

const isWhole = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
