import { describe, expect, it } from '@jest/globals';
import { assertCompatible } from './compatibility.ts';
import { fhirManifest, fhirWith, createServiceRequestInput as input } from './fhir-manifest.fixture.ts';
import type { JsonSchema } from './manifest.ts';

const { properties } = input;
const { note: _note, ...withoutNote } = properties;

const harmless: [string, JsonSchema][] = [
  ['nothing new', input],
  [
    'another optional property',
    { ...input, properties: { ...properties, bodySite: { type: 'string', title: 'Where' } } },
  ],
  ['one requirement less', { ...input, required: ['patient'] }],
  ['another enum value', withPriority({ enum: [...properties.priority.enum, 'elective'] })],
  ['other words and bounds', { ...input, properties: { ...properties, note: { type: 'string', title: 'Note' } } }],
];
const breaking: [string, JsonSchema, string][] = [
  ['a property less', { ...input, properties: withoutNote }, 'note was removed'],
  [
    'one requirement more',
    { ...input, required: ['patient', 'code', 'note'] },
    'note changed type from String to String!',
  ],
  [
    'another type',
    { ...input, properties: { ...properties, note: { type: 'integer', title: 'Note' } } },
    'from String to Int',
  ],
  ['an enum value less', withPriority({ enum: ['routine', 'urgent'] }), 'ASAP was removed'],
];

describe('a new version of a connector', () => {
  it.each(harmless)('may bring %s', (_, inputSchema) => {
    expect(assertCompatible(fhirManifest, fhirWith({ version: '1.1.0', inputSchema }))).toEqual([]);
  });

  it.each(breaking)('may not bring %s, unless it is a new major version', (_, inputSchema, words) => {
    expect(() => assertCompatible(fhirManifest, fhirWith({ version: '1.1.0', inputSchema }))).toThrow(
      expect.objectContaining({ code: 'CONNECTOR_BREAKING_CHANGE', message: expect.stringContaining(words) }),
    );
    const changes = assertCompatible(fhirManifest, fhirWith({ version: '2.0.0', inputSchema }));
    expect(changes.length).toBeGreaterThan(0);
  });

  it('may not lose or rename a tool', () => {
    const renamed = fhirWith({ version: '1.1.0', toolName: 'requestService' });
    for (const offered of [renamed, { ...fhirManifest, version: '1.0.1', tools: [] }]) {
      expect(() => assertCompatible(fhirManifest, offered)).toThrow(/Mutation.fhirCreateServiceRequest was removed/);
    }
  });

  it('may break with a new minor version below 1.0.0', () => {
    const inputSchema = { ...input, properties: withoutNote };
    const installed = fhirWith({ version: '0.1.4' });
    expect(assertCompatible(installed, fhirWith({ version: '0.2.0', inputSchema }))).toHaveLength(1);
    expect(() => assertCompatible(installed, fhirWith({ version: '0.1.5', inputSchema }))).toThrow('0.1.4');
  });

  it('may not break by going back to an older major version', () => {
    const installed = fhirWith({ version: '2.0.0' });
    const inputSchema = { ...input, properties: withoutNote };
    expect(() => assertCompatible(installed, fhirWith({ version: '1.0.0', inputSchema }))).toThrow();
  });

  it('has a semantic version', () => {
    expect(() => assertCompatible(fhirManifest, fhirWith({ version: 'latest' }))).toThrow(
      expect.objectContaining({ code: 'CONNECTOR_VERSION_INVALID' }),
    );
  });
});

function withPriority(change: JsonSchema): JsonSchema {
  return { ...input, properties: { ...properties, priority: { ...properties.priority, ...change } } };
}
