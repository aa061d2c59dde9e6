import type { JsonObject, JsonValue } from '../services/decision-log/canonical.ts';
import { enumMembers } from './enum-members.ts';
import type { ScalarsByFormat } from './input-type.ts';
import { jsonType, takesNull } from './json-type.ts';
import type { JsonSchema } from './manifest.ts';

/**
 * What came through the graph, as the tool's JSON Schema has it: enum values as the tool spells them, and null taken
 * for "not given" where the schema does not take null. Not validated yet.
 */
export function toToolInput(schema: JsonSchema, input: object, scalars: ScalarsByFormat = {}): JsonObject {
  const required = new Set(schema.required ?? []);
  const members: [string, JsonValue][] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const given: unknown = Object.hasOwn(input, name) ? Reflect.get(input, name) : undefined;
    if (given !== undefined && given !== null) members.push([name, toolValue(property, given, scalars)]);
    else if (takesNull(property) && (given === null || required.has(name))) members.push([name, null]);
  }
  return Object.fromEntries(members);
}

function toolValue(schema: JsonSchema, value: unknown, scalars: ScalarsByFormat): JsonValue {
  if (value === null || value === undefined) return null;
  const member = enumMembers(schema)?.find(({ name }) => name === value);
  if (member !== undefined) return member.value;
  const { items } = schema;
  if (Array.isArray(value))
    return value.map((item) => toolValue(typeof items === 'object' ? items : {}, item, scalars));
  const scalar = scalars[schema.format ?? ''];
  if (scalar !== undefined) return scalar.serialize(value) as JsonValue; // what a scalar serializes to is JSON
  if (typeof value === 'object' && jsonType(schema) === 'object') return toToolInput(schema, value, scalars);
  return value as JsonValue; // string, number or boolean: the built-in scalars have no other
}
