import type { JsonSchema } from '@countersign/plugin-sdk';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../decision-log/index.ts';
import { fillRecord, malformedPlaces } from './records.ts';
import { checkReference } from './reference-types.ts';
import { referencesIn, resolveReferences } from './references.ts';

const output: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'count', 'who', 'priority'],
  properties: {
    id: { type: 'string' },
    count: { type: 'integer' },
    maybe: { type: 'string' },
    nothing: { type: ['string', 'null'] },
    priority: { type: 'string', enum: ['LOW', 'HIGH'] },
    who: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, age: { type: 'integer' } } },
    tags: { type: 'array', items: { type: 'string' } },
    anything: {},
  },
};

const input: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: {
    text: { type: 'string' },
    note: { type: 'string' },
    number: { type: 'number' },
    priority: { type: 'string', enum: ['LOW', 'MEDIUM', 'HIGH'] },
    person: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: { name: { type: 'string' } },
    },
    names: { type: 'array', items: { type: 'string' } },
    free: {},
  },
};

const check = (pointer: string, ...at: string[]) => checkReference({ at, from: 'one', pointer }, { output, input });

describe('references', () => {
  it('are found wherever they stand, and told from what is not well formed', () => {
    const found = referencesIn({
      a: { $from: 'one', pointer: '/externalId' },
      b: [{ c: { $from: 'two', pointer: '/output/x/0' } }],
      d: { $from: 'one', pointer: '/elsewhere' },
      e: { $from: 'one', pointer: '/output/x', more: 1 },
      f: { $from: 1, pointer: '/output' },
      g: { $from: 'one' },
    });
    expect(found.references).toEqual([
      { at: ['a'], from: 'one', pointer: '/externalId' },
      { at: ['b', '0', 'c'], from: 'two', pointer: '/output/x/0' },
    ]);
    expect(found.malformed).toEqual([['d'], ['e'], ['f'], ['g']]);
  });

  it('are filled with what the steps gave; what is absent is left out', () => {
    const given = new Map([['one', { externalId: 'Thing/1', output: { x: [{ y: 7 }] } }]]);
    const template = {
      id: { $from: 'one', pointer: '/externalId' },
      deep: { y: { $from: 'one', pointer: '/output/x/0/y' } },
      gone: { $from: 'one', pointer: '/output/z' },
    };
    const { input: filled, absent } = resolveReferences(template, given);
    expect(filled).toEqual({ id: 'Thing/1', deep: { y: 7 } });
    expect(absent.map(({ pointer }) => pointer)).toEqual(['/output/z']);
  });

  it('leave an input without any as it is', () => {
    const json = fc.dictionary(
      fc.string().filter((name) => name !== '$from'),
      fc.jsonValue().filter((value) => !JSON.stringify(value).includes('$from')),
    );
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonObject; // Made of JSON.
        expect(referencesIn(plain)).toEqual({ references: [], malformed: [] });
        expect(resolveReferences(plain, new Map()).input).toEqual(plain);
      }),
    );
  });
});

describe('the types of a reference', () => {
  it.each([
    ['/output/id', 'text'],
    ['/externalId', 'text'],
    ['/output/count', 'number'],
    ['/output/priority', 'priority'],
    ['/output/maybe', 'note'],
    ['/output/who/name', 'text'],
    ['/output/tags', 'names'],
    ['/output/id', 'names', '0'],
    ['/output/who', 'free'],
  ])('%s fits %s', (pointer, ...at) => {
    expect(check(pointer, ...at)).toBeNull();
  });

  it.each([
    ['/output/count', 'text'],
    ['/output/maybe', 'text'],
    ['/output/nothing', 'note'],
    ['/output/id', 'priority'],
    ['/output/who', 'text'],
    ['/output/who', 'person'],
    ['/output/maybe', 'names', '0'],
    ['/output/tags/0', 'text'],
  ])('%s does not fit %s', (pointer, ...at) => {
    expect(check(pointer, ...at)?.code).toBe('REFERENCE_TYPE_MISMATCH');
  });

  it('are both named where they do not fit', () => {
    const message = check('/output/count', 'text')?.message;
    expect(message).toBe('/output/count of "one" is integer; text takes string, and needs it.');
  });

  it.each(['/output/other', '/output/id/more', '/output/who/other/x'])('%s is not there', (pointer) => {
    expect(check(pointer, 'free')).not.toBeNull();
  });
});

describe('places for records', () => {
  it('are filled, and left out where the record has nothing', () => {
    const template = {
      patient: { $record: '/patient' },
      code: { code: { $record: '/codes/0' } },
      gone: { $record: '/x' },
    };
    expect(fillRecord(template, { patient: 'Patient/1', codes: ['a'] })).toEqual({
      patient: 'Patient/1',
      code: { code: 'a' },
    });
    expect(malformedPlaces({ ...template, wrong: { $record: 'x' }, more: { $record: '/x', y: 1 } })).toEqual([
      ['wrong'],
      ['more'],
    ]);
  });

  it('take no more than fits, however often the same is put into them', () => {
    const many = { codes: Array.from({ length: 1_001 }, () => ({ $record: '/large' })) };
    expect(() => fillRecord(many, { large: 'x'.repeat(1_000) })).toThrow(/larger than 1000000 characters/);
    expect(() => fillRecord(many, { large: { text: 'x'.repeat(1_000) } })).toThrow(/larger than/);
    expect(fillRecord(many, { large: 'x' }).codes).toHaveLength(1_001);
  });
});
