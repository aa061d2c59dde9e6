import {
  coerceInputValue,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLScalarType,
  GraphQLString,
} from 'graphql';
import { allowedValues, enumMembers } from './enum-members.ts';
import { jsonType, takesNull } from './json-type.ts';
import type { JsonSchema } from './manifest.ts';
import { checkEnumName, checkPropertyName, pascalCase } from './names.ts';
import type { ToolSchemaCode, ToolSchemaProblem } from './tool-schema-error.ts';

/** Scalars of the subgraph by JSON Schema `format`, e.g. `{ 'date-time': DateTimeScalar }`. */
export type ScalarsByFormat = Readonly<Record<string, GraphQLScalarType>>;

/** Where the types of one tool are built. */
export interface TypeScope {
  /** What the names of its types begin with, e.g. `FhirCreateServiceRequest`. */
  stem: string;
  scalars: ScalarsByFormat;
  /** Keeps the type, or reports that its name is taken. */
  claim(type: GraphQLNamedType, at: string): void;
  problems: ToolSchemaProblem[];
}

/**
 * The GraphQL input type of an object in JSON Schema, with the types nested in it. Names follow from the path alone:
 * the property `code` of `FhirCreateServiceRequest` is of type `FhirCreateServiceRequestCodeInput`, its enum `priority`
 * of `FhirCreateServiceRequestPriority`. What JSON Schema says beyond types (lengths, patterns, bounds) stays with the
 * validation of the tool's input.
 */
export function inputObjectType(
  scope: TypeScope,
  schema: JsonSchema,
  place: { path: string; at: string; description: string },
): GraphQLInputObjectType {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    report(scope, place.at, 'TOOL_SCHEMA_UNSUPPORTED', 'An object needs its properties declared: at least one.');
  }
  if (typeof schema.additionalProperties === 'object') {
    const message = 'Properties of any name have no form in GraphQL: take a list of objects with a name and a value.';
    report(scope, `${place.at}.additionalProperties`, 'TOOL_SCHEMA_UNSUPPORTED', message);
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(schema.properties ?? {}, name)) continue;
    report(
      scope,
      `${place.at}.required`,
      'TOOL_SCHEMA_INVALID',
      `"${name}" is required and not declared as a property.`,
    );
  }
  const fields: [string, GraphQLInputFieldConfig][] = [];
  for (const [name, property] of properties) {
    const at = `${place.at}.properties.${name}`;
    const invalid = checkPropertyName(name, at);
    scope.problems.push(...invalid);
    if (invalid.length > 0) continue;
    if (typeof property !== 'object' || property === null) {
      report(scope, at, 'TOOL_SCHEMA_UNSUPPORTED', 'A property needs a schema of its own, with a "type".');
      continue;
    }
    const isRequired = (schema.required ?? []).includes(name);
    fields.push([name, inputField(scope, property, { path: place.path + pascalCase(name), at, isRequired })]);
  }
  const type = new GraphQLInputObjectType({
    name: `${scope.stem}${place.path}Input`,
    description: place.description,
    fields: Object.fromEntries(fields),
  });
  scope.claim(type, place.at);
  return type;
}

function inputField(
  scope: TypeScope,
  schema: JsonSchema,
  place: { path: string; at: string; isRequired: boolean },
): GraphQLInputFieldConfig {
  const text = schema.description ?? schema.title;
  if (text === undefined) {
    report(scope, place.at, 'TOOL_DESCRIPTION_MISSING', 'Say what this is for, under "description".');
  }
  const description = text ?? '';
  const bare = inputType(scope, schema, { ...place, description });
  const type = place.isRequired && !takesNull(schema) ? new GraphQLNonNull(bare) : bare;
  const field = { type, description: description + notes(scope, schema) };
  if (schema.default === undefined) return field;
  return { ...field, defaultValue: defaultValue(scope, schema, type, place.at) };
}

function inputType(
  scope: TypeScope,
  schema: JsonSchema,
  place: { path: string; at: string; description: string },
): GraphQLInputType {
  const unsupported = ['$ref', 'oneOf', 'anyOf', 'allOf', 'patternProperties', 'prefixItems'].find(
    (keyword) => schema[keyword] !== undefined,
  );
  if (unsupported !== undefined) {
    const message = `"${unsupported}" has no form in the graph yet: write out one type, or make a tool for each alternative.`;
    report(scope, place.at, 'TOOL_SCHEMA_UNSUPPORTED', message);
    return GraphQLString;
  }
  switch (jsonType(schema)) {
    case 'object':
      return inputObjectType(scope, schema, place);
    case 'array':
      return listType(scope, schema, place);
    case 'string':
      return stringType(scope, schema, place);
    case 'integer':
      return integerType(scope, schema, place.at);
    case 'number':
      return GraphQLFloat;
    case 'boolean':
      return GraphQLBoolean;
    case null: {
      const message = `"type" must be one of object, array, string, integer, number, boolean (and null beside it), not ${JSON.stringify(schema.type) ?? 'absent'}.`;
      report(scope, place.at, 'TOOL_SCHEMA_UNSUPPORTED', message);
      return GraphQLString;
    }
  }
}

function listType(
  scope: TypeScope,
  schema: JsonSchema,
  place: { path: string; at: string; description: string },
): GraphQLInputType {
  const { items } = schema;
  if (typeof items !== 'object' || Array.isArray(items)) {
    report(scope, place.at, 'TOOL_SCHEMA_UNSUPPORTED', 'An array needs one schema for its items, under "items".');
    return new GraphQLList(GraphQLString);
  }
  const description = items.description ?? items.title ?? place.description;
  const item = inputType(scope, items, { path: place.path, at: `${place.at}.items`, description });
  return new GraphQLList(takesNull(items) ? item : new GraphQLNonNull(item));
}

function stringType(
  scope: TypeScope,
  schema: JsonSchema,
  place: { path: string; at: string; description: string },
): GraphQLInputType {
  const members = enumMembers(schema);
  if (members === null) {
    if (allowedValues(schema) !== undefined) {
      report(
        scope,
        place.at,
        'TOOL_SCHEMA_INVALID',
        'The values that a string may have must be strings, at least one.',
      );
    }
    return scope.scalars[schema.format ?? ''] ?? GraphQLString;
  }
  const names = new Map<string, string>();
  for (const { name, value } of members) {
    scope.problems.push(...checkEnumName(name, value, place.at));
    const other = names.get(name);
    if (other !== undefined) {
      const message = `${JSON.stringify(other)} and ${JSON.stringify(value)} would both be ${name}: tell them apart under "x-enum-names".`;
      report(scope, place.at, 'TOOL_NAME_COLLISION', message);
    }
    names.set(name, value);
  }
  const valid = members.filter(({ name, value }) => checkEnumName(name, value, place.at).length === 0);
  const type = new GraphQLEnumType({
    name: `${scope.stem}${place.path}`,
    description: place.description,
    values: Object.fromEntries(valid.map(({ name, description }) => [name, { description }])),
  });
  scope.claim(type, place.at);
  return type;
}

function integerType(scope: TypeScope, schema: JsonSchema, at: string): GraphQLInputType {
  const scalar = scope.scalars[schema.format ?? ''];
  if (scalar !== undefined) return scalar;
  if (schema.format === 'int64') {
    const message = 'GraphQL integers have 32 bits: take a number, or a string of digits where each digit counts.';
    report(scope, at, 'TOOL_SCHEMA_UNSUPPORTED', message);
  }
  return GraphQLInt;
}

function defaultValue(scope: TypeScope, schema: JsonSchema, type: GraphQLInputType, at: string): unknown {
  return coerceInputValue(graphValue(schema, schema.default), type, (_path, _value, error) => {
    const message = `The default ${JSON.stringify(schema.default)} is not of its own type: ${error.message}`;
    report(scope, `${at}.default`, 'TOOL_DEFAULT_INVALID', message);
  });
}

/** A value of the tool's in the graph's terms: enum values by their names. */
function graphValue(schema: JsonSchema, value: unknown): unknown {
  const members = enumMembers(schema);
  if (members !== null) return members.find((member) => member.value === value)?.name ?? value;
  const { items, properties } = schema;
  if (Array.isArray(value) && typeof items === 'object') return value.map((item) => graphValue(items, item));
  if (typeof value !== 'object' || value === null || properties === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, graphValue(properties[name] ?? {}, member)]),
  );
}

/** What the type cannot say: the format of a string, and which numbers are allowed. */
function notes(scope: TypeScope, schema: JsonSchema): string {
  const allowed = enumMembers(schema) === null ? allowedValues(schema) : undefined;
  const format = scope.scalars[schema.format ?? ''] === undefined ? schema.format : undefined;
  return [
    ...(allowed === undefined ? [] : [`\n\nOne of: ${allowed.join(', ')}.`]),
    ...(format === undefined ? [] : [`\n\nFormat: ${format}.`]),
  ].join('');
}

function report(scope: TypeScope, at: string, code: ToolSchemaCode, message: string): void {
  scope.problems.push({ at, code, message });
}
