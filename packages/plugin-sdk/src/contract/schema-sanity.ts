import type { JsonSchema } from '../json-schema.ts';

/** What is wrong with a schema that is to become a GraphQL type, one line for each thing. */
export function schemaFaults(schema: JsonSchema, at: string): string[] {
  const faults: string[] = [];
  if (schema.type === undefined && schema.enum === undefined && schema.const === undefined) {
    faults.push(`${at} has no "type".`);
  }
  faults.push(...enumFaults(schema, at));
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(schema.properties ?? {}, name)) faults.push(`${at} requires ${name}, which is not a property.`);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const place = `${at}.${name}`;
    if (!/^(?!__)[_A-Za-z][_0-9A-Za-z]*$/.test(name)) faults.push(`${place} is no name in GraphQL.`);
    if (!property.description?.trim()) faults.push(`${place} has no "description": say what it is for.`);
    faults.push(...schemaFaults(property, place));
  }
  if (typeof schema.items === 'object') faults.push(...schemaFaults(schema.items, `${at}[]`));
  return faults;
}

function enumFaults(schema: JsonSchema, at: string): string[] {
  return (schema.enum ?? []).flatMap((value) => {
    if (value === null) return [];
    if (typeof value !== 'string') return [`${at} allows ${JSON.stringify(value)}: an enum has strings alone.`];
    const names = schema['x-enum-names'] ?? {};
    const name = (Object.hasOwn(names, value) ? names[value] : undefined) ?? value;
    if (/^[A-Z][A-Z0-9_]*$/.test(name)) return [];
    return [`${at} allows "${name}": an enum value is in SCREAMING_CASE, or has such a name under "x-enum-names".`];
  });
}
