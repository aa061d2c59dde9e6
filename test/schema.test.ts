import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type GraphQLSchema,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  validate,
} from 'graphql';

const schema = buildSchema(readFileSync('schema/graph.graphql', 'utf8'));

describe('the graph', () => {
  it('describes every type, field, argument and enum value', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('has nullable root mutations whose payloads carry userErrors', () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      expect({ field: field.name, nonNull: isNonNullType(field.type) }).toEqual({ field: field.name, nonNull: false });
      const payload = field.type;
      expect(isObjectType(payload) && String(payload.getFields().userErrors?.type)).toBe('[UserError!]!');
    }
  });

  it('hides what is for machines', () => {
    expect(schema.getQueryType()?.getFields().signIn).toBeUndefined();
    expect(schema.getType('SignIn')).toBeUndefined();
  });

  it('takes every operation that the clients and the playground send', async () => {
    expect(validate(schema, parse(readFileSync('schema/documents/walk.graphql', 'utf8')))).toEqual([]);
    const { walk }: { walk: { operation: string; query: string; variables?: Record<string, unknown> }[] } =
      await import(pathToFileURL('gateway/playground/src/walk.js').href);
    expect(walk.length).toBeGreaterThanOrEqual(10);
    for (const { operation: name, query, variables } of walk) {
      const document = parse(query);
      expect({ name, errors: validate(schema, document) }).toEqual({ name, errors: [] });
      const [operation] = document.definitions;
      const wanted = operation?.kind === Kind.OPERATION_DEFINITION ? (operation.variableDefinitions ?? []) : [];
      const { errors } = getVariableValues(schema, wanted, variables ?? {});
      expect({ name, errors }).toEqual({ name, errors: undefined });
    }
  });
});

function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const look = (name: string, described: { description?: string | null }) => {
    if (!described.description?.trim()) missing.push(name);
  };
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    if (!roots.has(type)) look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
  }
  return missing;
}
