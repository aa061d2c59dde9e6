import type { JsonSchema } from '@countersign/plugin-sdk';
import { canonicalJson } from '../decision-log/index.ts';
import type { Path } from './places.ts';
import { type Reference, stepsInOutput } from './references.ts';

export interface ReferenceProblem {
  readonly code: 'REFERENCE_NOT_FOUND' | 'REFERENCE_TYPE_MISMATCH';
  readonly message: string;
}

/** A place in a value that a schema describes. */
export interface Place {
  /** Null where the schema says nothing of it and takes anything. */
  readonly schema: JsonSchema | null;
  /** Whether there is always something: it is required, and so is all that it stands in. */
  readonly always: boolean;
}

const externalId: Place = { schema: { type: 'string' }, always: true };

/**
 * Holds the types of both ends of a reference together: every value that the output may have there has to be one that the
 * input takes, as far as types, enums and required members go. Patterns, formats and lengths show when it is resolved.
 * Null when it is sound.
 */
export function checkReference(
  { at, from, pointer }: Reference,
  { output, input }: { output: JsonSchema; input: JsonSchema },
): ReferenceProblem | null {
  const steps = stepsInOutput(pointer);
  const source = steps === null ? externalId : placeIn(output, steps);
  if (!source?.schema) {
    const message = `The output of "${from}" has no ${pointer}: ${membersOf(output)}.`;
    return { code: 'REFERENCE_NOT_FOUND', message };
  }
  const target = placeIn(input, at);
  // A place that is not there is told of by the schema's own check.
  if (!target) return null;
  const needed = isNeeded(input, at);
  const fitting = (target.schema === null || fits(source.schema, target.schema)) && (source.always || !needed);
  if (fitting) return null;
  const given = `${typeWords(source.schema)}${source.always ? '' : ', or absent'}`;
  const taken = `${target.schema ? typeWords(target.schema) : 'anything'}${needed ? ', and needs it' : ''}`;
  const message = `${pointer} of "${from}" is ${given}; ${at.join('.') || 'the input'} takes ${taken}.`;
  return { code: 'REFERENCE_TYPE_MISMATCH', message };
}

/** What the schema says of a place; null where there can be none. */
export function placeIn(schema: JsonSchema, at: Path): Place | null {
  return at.reduce<Place | null>((place, step) => place && memberOf(place, step), { schema, always: true });
}

function memberOf({ schema, always }: Place, step: string): Place | null {
  if (schema === null) return { schema: null, always: false };
  const { properties, items, additionalProperties, required } = schema;
  if (properties && Object.hasOwn(properties, step)) {
    return { schema: properties[step] ?? null, always: always && (required ?? []).includes(step) };
  }
  if (typeof items === 'object' && /^(0|[1-9]\d*)$/.test(step)) return { schema: items, always: false };
  if (typeof additionalProperties === 'object') return { schema: additionalProperties, always: false };
  const isClosed = additionalProperties === false || !typesOf(schema).every((type) => type === 'object');
  return isClosed ? null : { schema: null, always: false };
}

/** Whether the input cannot do without it, where what it stands in is given: the whole, items, and required members. */
function isNeeded(input: JsonSchema, at: Path): boolean {
  const last = at.at(-1);
  if (last === undefined) return true;
  const holder = placeIn(input, at.slice(0, -1))?.schema;
  if (!holder?.properties || !Object.hasOwn(holder.properties, last)) return Boolean(holder?.items);
  return (holder.required ?? []).includes(last);
}

/** Whether whatever the one allows the other takes. */
function fits(given: JsonSchema, taken: JsonSchema): boolean {
  const allowed = valuesOf(taken);
  if (allowed) {
    const values = valuesOf(given);
    return values?.every((value) => allowed.includes(value)) ?? false;
  }
  const types = typesOf(taken);
  if (types.length === 0) return true;
  const givenTypes = typesOf(given);
  if (givenTypes.length === 0) return false;
  const takes = (type: string) => types.includes(type) || (type === 'integer' && types.includes('number'));
  return givenTypes.every(takes) && membersFit(given, taken) && itemsFit(given, taken);
}

function membersFit(given: JsonSchema, taken: JsonSchema): boolean {
  if (!typesOf(given).includes('object')) return true;
  const has = given.properties ?? {};
  const missing = (taken.required ?? []).some((name) => !(given.required ?? []).includes(name));
  if (missing) return false;
  return Object.entries(has).every(([name, schema]) => {
    const into = memberOf({ schema: taken, always: true }, name);
    return into !== null && (into.schema === null || fits(schema, into.schema));
  });
}

function itemsFit({ items: given }: JsonSchema, { items: taken }: JsonSchema): boolean {
  if (typeof taken !== 'object') return true;
  return typeof given === 'object' && fits(given, taken);
}

function typesOf({ type, enum: values, properties, items, const: only }: JsonSchema): string[] {
  if (type !== undefined) return [type].flat();
  const all = values ?? (only === undefined ? null : [only]);
  if (all) return [...new Set(all.map(typeOfValue))];
  if (properties) return ['object'];
  return items ? ['array'] : [];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** The values that it allows, in one spelling; undefined where it does not list them. */
function valuesOf({ enum: values, const: only }: JsonSchema): string[] | undefined {
  const all = values ?? (only === undefined ? undefined : [only]);
  return all?.map((value) => canonicalJson(value));
}

function typeWords(schema: JsonSchema): string {
  const values = valuesOf(schema);
  if (values) return `one of ${values.slice(0, 10).join(', ')}${values.length > 10 ? ', ...' : ''}`;
  const types = typesOf(schema).map((type) =>
    type === 'array' && typeof schema.items === 'object' ? `array of ${typeWords(schema.items)}` : type,
  );
  return types.join(' or ') || 'anything';
}

function membersOf({ properties }: JsonSchema): string {
  const names = Object.keys(properties ?? {}).map((name) => `/output/${name}`);
  return `there are ${['/externalId', ...names].join(', ')}`;
}
