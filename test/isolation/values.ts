import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Dice } from './dice.ts';
import { knownPolicies } from './policies.ts';
import type { Named, Pool } from './pool.ts';

export interface ValueSource {
  readonly dice: Dice;
  readonly pool: Pool;
  readonly own: Named;
  /** `Type.field` of what was asked for before: what was not comes first. */
  readonly asked: ReadonlySet<string>;
  /** All permissions that the product knows. */
  readonly permissions: readonly string[];
  /** Types of object, and permissions, that questions about access name. */
  readonly objectTypes: readonly string[];
}

/** What is no id, no cursor and no word of anybody's, and what somebody would try who wants in. */
export const garbage: readonly string[] = [
  '',
  ' ',
  'nothing',
  "' or true --",
  "'; set role countersign_owner; --",
  "x'; set local app.tenant_id = '00000000-0000-0000-0000-000000000000'; --",
  '%',
  '_',
  '*',
  '*:*:*',
  '00000000-0000-0000-0000-000000000000',
  'ZZZZZZZZ-0000-7000-8000-000000000000',
  'eyJpZCI6IjAifQ',
  'bm90IEpTT04',
  '\u0000',
  '\ud800',
  'x'.repeat(3_000),
];

/** A value of the type, as variables carry it. `about` is what the names around it say, in small letters. */
export function valueOfType(type: GraphQLInputType, about: string, from: ValueSource, depth = 0): unknown {
  const { dice } = from;
  if (isNonNullType(type)) return valueOfType(type.ofType, about, from, depth);
  if (isListType(type)) {
    const length = dice.pick([1, 1, 1, 2, 3, 0]);
    return Array.from({ length }, () => valueOfType(type.ofType, about, from, depth));
  }
  const named = getNamedType(type);
  if (isEnumType(named)) return dice.pick(named.getValues()).name;
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).filter(
      (field) => isRequiredInputField(field) || (depth < 3 && dice.chance(0.5)),
    );
    return Object.fromEntries(
      fields.map((field) => [
        field.name,
        valueOfType(field.type, `${about} ${field.name.toLowerCase()}`, from, depth + 1),
      ]),
    );
  }
  return scalarOf(named.name, about, from);
}

function scalarOf(name: string, about: string, from: ValueSource): unknown {
  const { dice, own, pool } = from;
  switch (name) {
    case 'Int':
      return about.endsWith('first')
        ? dice.pick([1, 1, 1, 2, 2, 3, 3, 5, 5, 20, 20, 100, 100, 0, 101])
        : dice.pick([0, 1, 2, 60, -1, 2 ** 31 - 1]);
    case 'Float':
      return dice.chance(0.8) ? pool.freshAmount(own) : dice.pick([0, -1, 0.001, 1e12]);
    case 'Boolean':
      return dice.chance(0.5);
    case 'ID':
      return idOf(about, from);
    case 'String':
      return textOf(about, from);
    case 'JSON':
      return jsonOf(about, from);
    default:
      // Dates; a scalar that is not known here gets what it will refuse.
      return dice.pick([
        '2020-01-01T00:00:00.000Z',
        '2026-12-01T00:00:00.000Z',
        soon(3),
        soon(20),
        soon(80),
        'yesterday',
      ]);
  }
}

const soon = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

export function idOf(about: string, { dice, own, pool }: ValueSource): string {
  if (dice.chance(0.08)) return dice.pick(garbage);
  return pool.id(dice, own.id, about) ?? dice.pick(garbage);
}

function textOf(about: string, from: ValueSource): string {
  const { dice, own, pool, permissions, objectTypes } = from;
  if (dice.chance(0.08)) return dice.pick(garbage);
  if (/(after|before|cursor)$/.test(about)) return pool.cursor(dice, about) ?? dice.pick(garbage);
  if (/permissions?$/.test(about))
    return dice.chance(0.7) ? dice.pick(permissions) : dice.pick(['*:*:*', 'knowledge:*:*', 'tenants:*:read']);
  if (/type$/.test(about)) return dice.pick(objectTypes);
  if (/polic.*(source|text)$/.test(about)) return dice.pick(knownPolicies).text;
  if (/mail$/.test(about))
    return dice.chance(0.5) ? `${pool.fresh(own)}@new.test` : (pool.word(dice, own.id) ?? 'a@b.test');
  if (/hash$/.test(about)) return dice.chance(0.5) ? idOf(about, from) : 'a'.repeat(43);
  if (/(query|question|search)$/.test(about)) return `What is ${pool.word(dice, own.id, 0.4) ?? 'this'}?`;
  // What is written down is mostly new and one's own: words of others would soon be everybody's.
  const fresh = dice.chance(0.7);
  return fresh ? `of ${pool.fresh(own)}` : (pool.word(dice, own.id, 0.4) ?? 'nothing');
}

function jsonOf(about: string, from: ValueSource): unknown {
  const { dice } = from;
  const attributes = { department: dice.pick(['icu', 'surgery']), clearance: dice.roll(4) };
  return (
    dice.pick([attributes, attributes, { [textOf(about, from)]: textOf(about, from) }, [idOf(about, from)], null]) ?? {}
  );
}
