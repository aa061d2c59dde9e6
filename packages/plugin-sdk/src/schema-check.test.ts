import { describe, expect, it } from '@jest/globals';
import type { JsonSchema } from './json-schema.ts';
import { checkAgainstSchema } from './schema-check.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['amount'],
  properties: {
    amount: { type: 'number', exclusiveMinimum: 0, maximum: 100 },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', examples: ['EUR'] },
    speed: { type: 'string', enum: ['SLOW', 'FAST'], default: 'SLOW' },
    due: { type: 'string', format: 'date' },
    remarks: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 2 } },
  },
} satisfies JsonSchema;

describe('a value that is valid', () => {
  it('comes back with defaults, and is itself left as it was', () => {
    const given = { amount: 5 };
    expect(checkAgainstSchema(schema, given)).toEqual({ value: { amount: 5, speed: 'SLOW' }, problems: [] });
    expect(given).toEqual({ amount: 5 });
  });
});

describe('a problem says where it is and what would be right', () => {
  it.each([
    [{}, ['amount'], 'amount is missing: the input needs it.'],
    [{ amount: 'x' }, ['amount'], 'amount must be number, not "x".'],
    [{ amount: 0 }, ['amount'], 'amount must be > 0, not 0.'],
    [{ amount: 101 }, ['amount'], 'amount must be <= 100, not 101.'],
    [{ amount: 1, currency: 'euro' }, ['currency'], 'currency must match ^[A-Z]{3}$, not "euro". For example "EUR".'],
    [{ amount: 1, speed: 'slow' }, ['speed'], 'speed must be one of SLOW, FAST, not "slow".'],
    [{ amount: 1, due: 'soon' }, ['due'], 'due must be a date, not "soon".'],
    [{ amount: 1, remarks: ['ok', 'x'] }, ['remarks', '1'], '1 must have at least 2 characters, not 1.'],
    [{ amount: 1, remarks: ['ok', 'ok', 'ok'] }, ['remarks'], 'remarks must have at most 2 items, not 3.'],
    [{ amount: 1, amuont: 2 }, ['amuont'], 'the input has no amuont: it takes amount, currency, speed, due, remarks.'],
    [[], [], 'the input must be object, not [].'],
  ])('%j', (value, path, message) => {
    expect(checkAgainstSchema(schema, value).problems).toEqual([{ code: 'INVALID_INPUT', message, path }]);
  });

  it('all of them at once', () => {
    expect(checkAgainstSchema(schema, { amount: -1, speed: 'x', due: 'y' }).problems).toHaveLength(3);
  });
});

it('takes a schema of draft 7 as well', () => {
  const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', ...schema };
  expect(checkAgainstSchema(draft7, { amount: 1 }).problems).toEqual([]);
});
