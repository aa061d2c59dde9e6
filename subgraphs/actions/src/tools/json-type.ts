import { enumMembers } from './enum-members.ts';
import type { JsonSchema } from './manifest.ts';

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** The one type that a schema describes besides null; or null when there is none, or more than one. */
export function jsonType(schema: JsonSchema): JsonType | null {
  if (schema.type === undefined) {
    if (schema.properties !== undefined) return 'object';
    return enumMembers(schema) === null ? null : 'string';
  }
  const [type, ...others] = [schema.type].flat().filter((name) => name !== 'null');
  return others.length === 0 && isJsonType(type) ? type : null;
}

/** Whether the schema takes null. */
export function takesNull(schema: JsonSchema): boolean {
  return (
    [schema.type ?? []].flat().includes('null') || (schema.type === undefined && (schema.enum ?? []).includes(null))
  );
}

function isJsonType(name: unknown): name is JsonType {
  return ['object', 'array', 'string', 'integer', 'number', 'boolean'].some((type) => type === name);
}
