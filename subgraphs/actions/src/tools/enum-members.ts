import type { JsonSchema } from './manifest.ts';
import { enumName } from './names.ts';

export interface EnumMember {
  /** As the graph has it, e.g. `ENTERED_IN_ERROR`. */
  name: string;
  /** As the tool takes it, e.g. `entered-in-error`. */
  value: string;
  description: string;
}

/** The members of a schema that allows certain strings only, or null for any other schema. */
export function enumMembers(schema: JsonSchema): EnumMember[] | null {
  const values = allowedValues(schema)?.filter((value) => value !== null);
  if (values === undefined || values.length === 0) return null;
  const strings = values.filter((value) => typeof value === 'string');
  if (strings.length < values.length) return null;
  return strings.map((value) => ({
    name: ownMember(schema['x-enum-names'], value) ?? enumName(value),
    value,
    description: ownMember(schema['x-enum-descriptions'], value) ?? `Sent as \`${value}\`.`,
  }));
}

/** What `enum` or `const` allow; undefined when the schema has neither. */
export function allowedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.enum !== undefined) return schema.enum;
  return schema.const === undefined ? undefined : [schema.const];
}

function ownMember(members: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}
