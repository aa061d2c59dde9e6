import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { StatementSet } from './preparsed-sets.ts';

/** Deeper statements would not pass the engine's limit for JSON (128) inside a screen. */
const deepestJson = 80;
/** Fewer are asked as fast one by one. */
const fewest = 8;

/**
 * The quick question before a hundred statements are asked one by one: is any forbid satisfied, is any permit satisfied
 * that would matter, does any of them fail? One expression costs the engine half of what a hundred statements do. If
 * the screen is neither satisfied nor fails, then no statement is or does: `||` goes on as long as all before it were
 * false, and an error ends it. Whenever it is anything else, the statements themselves have to be asked.
 *
 * What a permit says matters only where roles and grants do not permit already; whether it fails always does, which is
 * why `granted` stands behind it and not before. Null where it would not pay, or a statement is too deep for it.
 */
export function screenOf(statements: readonly PolicyJson[]): StatementSet | null {
  if (statements.length < fewest || statements.some((each) => depthOf(each) > deepestJson)) return null;
  const conditions = (effect: 'permit' | 'forbid') =>
    statements.filter((each) => each.effect === effect).map(conditionOf);
  const needed: Expr = { '!': { arg: { '.': { left: { Var: 'context' }, attr: 'granted' } } } };
  const permits = conditions('permit').map((condition): Expr => ({ '&&': { left: condition, right: needed } }));
  return {
    policies: { forbids: whenAny('forbid', conditions('forbid')), permits: whenAny('permit', permits) },
    statements: statements.length,
  };
}

const whenAny = (effect: 'permit' | 'forbid', conditions: readonly Expr[]): PolicyJson => ({
  effect,
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
  conditions: [{ kind: 'when', body: balanced('||', conditions, false) }],
});

/** Scope and conditions in one: what has to be true for the statement to be satisfied. */
function conditionOf({ principal, resource, conditions }: PolicyJson): Expr {
  const parts = [scopeOf('principal', principal), scopeOf('resource', resource)].filter((each) => each !== null);
  const asked = conditions.map(({ kind, body }): Expr => (kind === 'when' ? body : { '!': { arg: body } }));
  return balanced('&&', [...parts, ...asked], true);
}

type Scope = PolicyJson['principal'] | PolicyJson['resource'];

function scopeOf(variable: 'principal' | 'resource', scope: Scope): Expr | null {
  const left: Expr = { Var: variable };
  if (scope.op === 'All') return null;
  if (scope.op === 'is') {
    return { is: { left, entity_type: scope.entity_type, ...(scope.in && { in: entityValue(scope.in) }) } };
  }
  const right = entityValue(scope);
  return scope.op === '==' ? { '==': { left, right } } : { in: { left, right } };
}

function entityValue(constraint: { entity: Entity } | { slot: string }): Expr {
  if (!('entity' in constraint)) throw new TypeError('A slot came through to where there are only statements.');
  const { entity } = constraint;
  return { Value: { __entity: '__entity' in entity ? entity.__entity : entity } };
}

type TypeAndId = { type: string; id: string };
type Entity = TypeAndId | { __entity: TypeAndId };

/** A tree instead of a chain: it means the same, and is seven deep instead of a hundred. */
function balanced(operator: '&&' | '||', parts: readonly Expr[], ofNone: boolean): Expr {
  const [first] = parts;
  if (!first) return { Value: ofNone };
  if (parts.length === 1) return first;
  const middle = parts.length >> 1;
  const halves = {
    left: balanced(operator, parts.slice(0, middle), ofNone),
    right: balanced(operator, parts.slice(middle), ofNone),
  };
  return operator === '&&' ? { '&&': halves } : { '||': halves };
}

export const depthOf = (json: unknown): number =>
  typeof json === 'object' && json !== null ? 1 + Math.max(0, ...Object.values(json).map(depthOf)) : 0;
