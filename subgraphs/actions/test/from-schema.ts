import type { JsonSchema, JsonValue } from '@countersign/plugin-sdk';
import fc from 'fast-check';
import { enumName } from '../src/tools/names.ts';

/** What is drawn otherwise than the schema alone has it, by the path of the property: what has to be there already. */
export type Instead = Readonly<Record<string, fc.Arbitrary<JsonValue>>>;

/** Inputs that a tool's schema allows, with enum values as the graph names them. Throws for a word it does not know. */
export function fromSchema(schema: JsonSchema, instead: Instead = {}, path = ''): fc.Arbitrary<JsonValue> {
  const known = instead[path];
  if (known) return known;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum.map((value) => named(schema, value)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, instead, path);
    case 'array': {
      const { items, minItems = 0, maxItems = 5 } = schema;
      const each = typeof items === 'object' ? fromSchema(items, instead, `${path}[]`) : fc.jsonValue().map(asJson);
      return fc.array(each, { minLength: Number(minItems), maxLength: Number(maxItems) });
    }
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 1_000) });
    case 'number':
      return fc.double({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 1_000), noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(`${path}: say here how a value of ${JSON.stringify(schema.type)} is drawn.`);
  }
}

function objectOf(schema: JsonSchema, instead: Instead, path: string): fc.Arbitrary<JsonValue> {
  const entries = Object.entries(schema.properties ?? {});
  const within = (name: string) => (path ? `${path}.${name}` : name);
  const model = Object.fromEntries(entries.map(([name, each]) => [name, fromSchema(each, instead, within(name))]));
  return fc.record(model, { requiredKeys: [...(schema.required ?? [])] });
}

function textOf({ format, pattern, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  const bounds = { minLength: Number(minLength ?? 0), maxLength: Number(maxLength ?? 200) };
  const fits = (text: string) => text.length >= bounds.minLength && text.length <= bounds.maxLength;
  if (format === 'date-time') return moments.map((date) => date.toISOString());
  if (format === 'date') return moments.map((date) => date.toISOString().slice(0, 10));
  if (format === 'uri') return fc.webUrl();
  if (format !== undefined) throw new Error(`Say here how a ${format} is drawn.`);
  if (pattern === undefined) return fc.string(bounds);
  const form = new RegExp(String(pattern));
  // A blank is a space: of other blanks most refuse what a pattern's `\s` lets through.
  const drawn = fc.stringMatching(form, { maxLength: 40 }).map((text) => text.replace(/\s/g, ' '));
  return drawn.filter((text) => form.test(text) && fits(text));
}

const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true });

const named = (schema: JsonSchema, value: JsonValue): JsonValue =>
  schema['x-enum-names']?.[String(value)] ?? enumName(String(value));

/** What fast-check calls a JSON value is one. */
const asJson = (value: unknown): JsonValue => value as JsonValue;
