import { describe, expect, it } from '@jest/globals';
import { GraphQLScalarType } from 'graphql';
import { createServiceRequestInput, fhirManifest, fhirWith, inputWith } from './fhir-manifest.fixture.ts';
import type { JsonSchema } from './manifest.ts';
import { ToolSchemaError } from './tool-schema-error.ts';
import { toolSdl } from './tool-sdl.ts';

const sdlOf = (inputSchema: JsonSchema) => toolSdl([fhirWith({ inputSchema })]);
/** The type of the property `value` of the tool's own input, which is printed after what is nested in it. */
const typeOf = (value: JsonSchema, rest?: JsonSchema) =>
  [...sdlOf(inputWith(value, rest)).matchAll(/^ {2}value: (.*)$/gm)].at(-1)?.[1];

describe('a property of the input of a tool', () => {
  it.each([
    ['String', { type: 'string' }],
    ['String', { type: 'string', format: 'date-time' }],
    ['Int', { type: 'integer' }],
    ['Float', { type: 'number' }],
    ['Boolean', { type: 'boolean' }],
    ['[String!]', { type: 'array', items: { type: 'string' } }],
    ['[Int]', { type: 'array', items: { type: ['integer', 'null'] } }],
    ['[[Float!]!]', { type: 'array', items: { type: 'array', items: { type: 'number' } } }],
    ['FhirCreateServiceRequestValue', { enum: ['a', 'b'] }],
    ['FhirCreateServiceRequestValue', { const: 'a' }],
    ['[FhirCreateServiceRequestValue!]', { type: 'array', items: { enum: ['a'] } }],
    ['FhirCreateServiceRequestValueInput', inputWith({ type: 'string' })],
    ['[FhirCreateServiceRequestValueInput!]', { type: 'array', items: inputWith({ type: 'string' }) }],
    ['Int = 3', { type: 'integer', default: 3 }],
    ['[String!] = ["a"]', { type: 'array', items: { type: 'string' }, default: ['a'] }],
    ['FhirCreateServiceRequestValue = IN_ERROR', { enum: ['in-error'], default: 'in-error' }],
  ] satisfies [string, JsonSchema][])('is a %s', (expected, schema) => {
    expect(typeOf(schema)).toBe(expected);
  });

  it('is non-null when it is required, unless it takes null', () => {
    expect(typeOf({ type: 'string' }, { required: ['value'] })).toBe('String!');
    expect(typeOf({ type: ['string', 'null'] }, { required: ['value'] })).toBe('String');
  });

  it('is of a scalar of the subgraph when its format has one', () => {
    const scalars = { 'date-time': new GraphQLScalarType({ name: 'DateTime' }) };
    const sdl = toolSdl([fhirWith({ inputSchema: inputWith({ type: 'string', format: 'date-time' }) })], { scalars });
    expect(sdl).toContain('value: DateTime\n');
    expect(sdl).not.toContain('Format:');
    expect(sdl).not.toContain('scalar DateTime');
  });

  it('tells in its description what its type cannot', () => {
    expect(sdlOf(inputWith({ type: 'string', format: 'date' }))).toContain('Format: date.');
    expect(sdlOf(inputWith({ type: 'integer', enum: [1, 2, 5] }))).toContain('One of: 1, 2, 5.');
  });

  it('may give names to enum values that have none of their own', () => {
    const sdl = sdlOf(inputWith({ enum: ['00', 'aB'], 'x-enum-names': { '00': 'ORIGINAL' } }));
    expect(sdl).toMatch(/Sent as `00`\."""\n {2}ORIGINAL\n/);
    expect(sdl).toMatch(/ {2}A_B\n/);
  });
});

describe('a tool is refused', () => {
  it.each([
    ['an object without declared properties', { type: 'object' }, 'TOOL_SCHEMA_UNSUPPORTED', 'at least one'],
    [
      'properties of any name',
      { ...inputWith({ type: 'string' }), additionalProperties: { type: 'string' } },
      'TOOL_SCHEMA_UNSUPPORTED',
      'a name and a value',
    ],
    ['oneOf', { oneOf: [{ type: 'string' }] }, 'TOOL_SCHEMA_UNSUPPORTED', '"oneOf"'],
    ['anyOf', { type: 'string', anyOf: [{ minLength: 1 }] }, 'TOOL_SCHEMA_UNSUPPORTED', '"anyOf"'],
    ['a reference', { $ref: '#/$defs/code' }, 'TOOL_SCHEMA_UNSUPPORTED', '"$ref"'],
    ['several types', { type: ['string', 'number'] }, 'TOOL_SCHEMA_UNSUPPORTED', 'must be one of'],
    ['no type', {}, 'TOOL_SCHEMA_UNSUPPORTED', 'not absent'],
    ['a list without a schema for its items', { type: 'array' }, 'TOOL_SCHEMA_UNSUPPORTED', '"items"'],
    ['an integer of 64 bits', { type: 'integer', format: 'int64' }, 'TOOL_SCHEMA_UNSUPPORTED', '32 bits'],
    ['an enum of strings and numbers', { type: 'string', enum: ['a', 1] }, 'TOOL_SCHEMA_INVALID', 'must be strings'],
    ['an enum value without a name', { enum: ['00'] }, 'TOOL_NAME_INVALID', '"x-enum-names"'],
    ['two enum values of one name', { enum: ['a-b', 'a_b'] }, 'TOOL_NAME_COLLISION', 'both be A_B'],
    [
      'a default of another type',
      { type: 'integer', default: 'three' },
      'TOOL_DEFAULT_INVALID',
      'Int cannot represent',
    ],
    ['a default that is not allowed', { enum: ['a', 'b'], default: 'c' }, 'TOOL_DEFAULT_INVALID', 'does not exist'],
  ] satisfies [string, JsonSchema, string, string][])('for %s', (_, schema, code, words) => {
    const [problem] = problemsOf(inputWith(schema));
    expect(problem).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(problem?.at).toMatch(/^fhir\.createServiceRequest\.inputSchema\.properties\.value/);
  });

  it('for an input without properties, and one that requires what it does not declare', () => {
    expect(problemsOf({ type: 'object', properties: {} })[0]).toMatchObject({ code: 'TOOL_SCHEMA_UNSUPPORTED' });
    expect(problemsOf(inputWith({ type: 'string' }, { required: ['other'] }))[0]).toMatchObject({
      code: 'TOOL_SCHEMA_INVALID',
      message: '"other" is required and not declared as a property.',
    });
  });

  it('for a property whose name is none in GraphQL, with one that would be', () => {
    const withName = (name: string): JsonSchema => ({ properties: { [name]: { type: 'string', description: 'A.' } } });
    expect(problemsOf(withName('resource-type'))[0]?.message).toContain('such as "resource_type"');
    expect(problemsOf(withName('2nd'))[0]?.message).toContain('such as "_2nd"');
    expect(problemsOf(withName('__type'))[0]?.message).toContain('such as "_type"');
  });

  it('for a property without a description', () => {
    const problems = problemsOf({
      properties: { patient: { type: 'string' }, titled: { type: 'string', title: 'A' } },
    });
    expect(problems).toEqual([expect.objectContaining({ code: 'TOOL_DESCRIPTION_MISSING' })]);
  });

  it('with everything that is wrong at once', () => {
    const { properties } = createServiceRequestInput;
    const problems = problemsOf({ properties: { ...properties, a: { oneOf: [] }, 'b-c': { type: 'string' } } });
    expect(problems.map(({ code }) => code)).toEqual([
      'TOOL_DESCRIPTION_MISSING',
      'TOOL_SCHEMA_UNSUPPORTED',
      'TOOL_NAME_INVALID',
    ]);
  });
});

describe('names', () => {
  const refusal = (...manifests: Parameters<typeof toolSdl>) => {
    try {
      toolSdl(...manifests);
    } catch (error) {
      if (error instanceof ToolSchemaError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('of connectors and tools are in camelCase, and the right one is suggested', () => {
    const error = refusal([{ ...fhirManifest, name: 'ISO-20022' }, fhirWith({ toolName: 'create_task' })]);
    expect(error.problems.map(({ code }) => code)).toEqual(['TOOL_NAME_INVALID', 'TOOL_NAME_INVALID']);
    expect(error.message).toContain('such as "iSO20022"');
    expect(error.message).toContain('such as "createTask"');
  });

  it('may not collide: two tools, two connectors, two types, or a type of the subgraph', () => {
    const code = 'TOOL_NAME_COLLISION';
    expect(refusal([fhirManifest, fhirManifest])).toMatchObject({ code });
    expect(
      refusal([{ ...fhirWith({ toolName: 'r4Read' }) }, { ...fhirWith({ toolName: 'read' }), name: 'fhirR4' }]),
    ).toMatchObject({ code });
    const nested = { aB: inputWith({ type: 'string' }), a: { properties: { b: inputWith({ type: 'string' }) } } };
    const described = Object.fromEntries(
      Object.entries(nested).map(([name, schema]) => [name, { ...schema, title: name }]),
    );
    const withTitles = JSON.parse(JSON.stringify(described).replace('"b":{', '"b":{"title":"b",'));
    expect(refusal([fhirWith({ inputSchema: { properties: withTitles } })])).toMatchObject({ code });
    expect(refusal([fhirManifest], { reserved: ['FhirCreateServiceRequestPriority'] })).toMatchObject({
      code,
      message: expect.stringContaining('the graph itself'),
    });
    expect(
      refusal([fhirWith({ inputSchema: { properties: { payload: { enum: ['a'], title: 'A' } } } })]),
    ).toMatchObject({ code });
  });
});

function problemsOf(inputSchema: JsonSchema) {
  try {
    sdlOf(inputSchema);
  } catch (error) {
    if (error instanceof ToolSchemaError) return error.problems;
    throw error;
  }
  return [];
}
