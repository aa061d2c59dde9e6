import { describe, expect, it } from '@jest/globals';
import { GraphQLScalarType } from 'graphql';
import type { JsonSchema } from './manifest.ts';
import { toToolInput } from './tool-input.ts';

const schema: JsonSchema = {
  required: ['reason'],
  properties: {
    status: { enum: ['in-error', 'active'] },
    tags: { type: 'array', items: { enum: ['to-do'] } },
    lines: {
      type: 'array',
      items: { type: 'object', properties: { unit: { enum: ['m-1'] }, count: { type: 'integer' } } },
    },
    reason: { type: ['string', 'null'] },
    constructor: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
  },
};

describe('what comes through the graph', () => {
  it('is spelled as the tool spells it, at any depth', () => {
    const input = { status: 'IN_ERROR', tags: ['TO_DO'], lines: [{ unit: 'M_1', count: 2 }], reason: 'why' };
    expect(toToolInput(schema, input)).toEqual({
      status: 'in-error',
      tags: ['to-do'],
      lines: [{ unit: 'm-1', count: 2 }],
      reason: 'why',
    });
  });

  it('has null only where the tool takes it, and there also when it is required and was left out', () => {
    expect(toToolInput(schema, { status: null, tags: null, reason: null })).toEqual({ reason: null });
    expect(toToolInput(schema, {})).toEqual({ reason: null });
  });

  it('has what was given alone, not what every object has', () => {
    expect(Object.keys(toToolInput(schema, {}))).toEqual(['reason']);
    expect(toToolInput(schema, { constructor: 'x' })).toMatchObject({ constructor: 'x' });
  });

  it('has scalars as JSON', () => {
    const DateTime = new GraphQLScalarType<Date, string>({
      name: 'DateTime',
      serialize: (value) => (value instanceof Date ? value.toISOString() : ''),
    });
    const input = { at: new Date(0) };
    expect(toToolInput(schema, input, { 'date-time': DateTime })).toMatchObject({ at: '1970-01-01T00:00:00.000Z' });
  });
});
