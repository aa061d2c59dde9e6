import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { childrenOf, type Expression, entityOf, expressionOf, isVariable, partsOf } from './expression.ts';

/** The conditions of a statement, in their order. */
export const conditionsOf = ({ conditions }: PolicyJson): { kind: 'when' | 'unless'; body: Expression }[] =>
  conditions.map(({ kind, body }) => ({ kind, body: expressionOf(body) }));

/**
 * The attributes that a statement looks at: `principal.department`, `resource.owner`, `context.hour`. Membership counts
 * as looking at `principal.roles` or `principal.groups`.
 */
export function namedAttributes(statement: PolicyJson): string[] {
  const named = new Set(scopeEntities(statement).flatMap(({ type }) => membership(type)));
  for (const { body } of conditionsOf(statement)) {
    for (const part of partsOf(body)) for (const path of namedBy(part)) named.add(path);
  }
  return [...named].sort();
}

/** The texts and the entities' ids that a statement names: roles, groups, and what attributes are compared with. */
export function namedTexts(statement: PolicyJson): string[] {
  const named = new Set(scopeEntities(statement).map(({ id }) => id));
  for (const { body } of conditionsOf(statement)) {
    for (const part of partsOf(body)) {
      const text = entityOf(part)?.id ?? (part.op === 'value' ? part.value : null);
      if (typeof text === 'string') named.add(text);
    }
  }
  return [...named].sort();
}

/** What a statement's conditions do that would hide which attributes it looks at; null if nothing. */
export function hiddenAccess(statement: PolicyJson): string | null {
  const strays = conditionsOf(statement).flatMap(({ body }) => [...partsOf(body)].flatMap(straying));
  return strays[0] ?? null;
}

function straying(part: Expression): string[] {
  if ((part.op === 'attribute' || part.op === 'has') && part.of.op !== 'variable') {
    return ['Attributes are read straight from principal, resource or context: `principal.department`.'];
  }
  if (part.op === 'has' && part.path.length > 1) return ['There are no attributes inside attributes.'];
  const reads = part.op === 'attribute' || part.op === 'has';
  const bare = !reads && childrenOf(part).some((child) => isVariable(child, 'context'));
  return bare ? ['`context` is read attribute by attribute: `context.hour`.'] : [];
}

function namedBy(part: Expression): string[] {
  if (part.op === 'attribute' && part.of.op === 'variable') return [`${part.of.name}.${part.name}`];
  if (part.op === 'has' && part.of.op === 'variable') return [`${part.of.name}.${part.path[0]}`];
  if (part.op === 'is' && part.in && isVariable(part.of, 'principal')) return entityTypes(part.in).flatMap(membership);
  if (part.op === 'call' && part.name === 'in' && part.args[0] && isVariable(part.args[0], 'principal')) {
    return part.args.slice(1).flatMap(entityTypes).flatMap(membership);
  }
  return [];
}

function scopeEntities({ principal }: PolicyJson): { readonly type: string; readonly id: string }[] {
  const group = principal.op === 'in' ? principal : principal.op === 'is' ? principal.in : undefined;
  if (!group || !('entity' in group)) return [];
  return ['__entity' in group.entity ? group.entity.__entity : group.entity];
}

const entityTypes = (expression: Expression): string[] =>
  [...partsOf(expression)].flatMap((part) => entityOf(part)?.type ?? []);

const membership = (type: string): string[] =>
  type === 'Role' ? ['principal.roles'] : type === 'Group' ? ['principal.groups'] : [];
