import type { CedarValueJson, Expr, PatternElem } from '@cedar-policy/cedar-wasm/nodejs';

/**
 * A Cedar expression in a shape that a `switch` can take apart. `json` is Cedar's own form of it. Operators, methods and
 * extension functions are all calls: `&&`, `==`, `!`, `contains`, `lessThan`, `decimal`.
 */
export type Expression = { readonly json: Expr } & (
  | { readonly op: 'value'; readonly value: CedarValueJson }
  | { readonly op: 'variable'; readonly name: string }
  | { readonly op: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly op: 'has'; readonly of: Expression; readonly path: readonly string[] }
  | { readonly op: 'like'; readonly of: Expression; readonly pattern: readonly PatternElem[] }
  | { readonly op: 'is'; readonly of: Expression; readonly type: string; readonly in?: Expression }
  | { readonly op: 'if'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly op: 'record'; readonly fields: readonly Expression[] }
  | { readonly op: 'set'; readonly items: readonly Expression[] }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Expression[] }
);

export function expressionOf(json: Expr): Expression {
  // Every node of Cedar's has one key, which names the operator; its union of 28 types cannot be told apart by it.
  const [op, body] = Object.entries(json)[0] as [string, Body];
  switch (op) {
    case 'Value':
      return { json, op: 'value', value: body as CedarValueJson };
    case 'Var':
    case 'Slot':
      return { json, op: 'variable', name: String(body) };
    case '.':
      return { json, op: 'attribute', of: child(body.left), name: String(body.attr) };
    case 'has':
      return { json, op: 'has', of: child(body.left), path: [body.attr ?? []].flat() };
    case 'like':
      return { json, op: 'like', of: child(body.left), pattern: body.pattern ?? [] };
    case 'is':
      return {
        json,
        op: 'is',
        of: child(body.left),
        type: String(body.entity_type),
        ...(body.in && { in: child(body.in) }),
      };
    case 'if-then-else':
      return { json, op: 'if', condition: child(body.if), yes: child(body.then), no: child(body.else) };
    case 'Record':
      return { json, op: 'record', fields: Object.values(body as Record<string, Expr>).map(expressionOf) };
    case 'Set':
      return { json, op: 'set', items: asList(body).map(expressionOf) };
    default:
      return { json, op: 'call', name: op, args: argumentsOf(body).map(expressionOf) };
  }
}

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case 'value':
    case 'variable':
      return [];
    case 'attribute':
    case 'has':
    case 'like':
      return [expression.of];
    case 'is':
      return expression.in ? [expression.of, expression.in] : [expression.of];
    case 'if':
      return [expression.condition, expression.yes, expression.no];
    case 'record':
      return expression.fields;
    case 'set':
      return expression.items;
    case 'call':
      return expression.args;
  }
}

/** The expression and all that it is made of, outermost first. */
export function* partsOf(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* partsOf(child);
}

export const isVariable = (expression: Expression, name: string): boolean =>
  expression.op === 'variable' && expression.name === name;

/** `resource.owner` -> `['resource', 'owner']`; null where the attribute is not one of a variable's. */
export function attributePath(expression: Expression): readonly [variable: string, name: string] | null {
  return expression.op === 'attribute' && expression.of.op === 'variable'
    ? [expression.of.name, expression.name]
    : null;
}

/** The entity that a literal names, as `Document::"1"` does. */
export function entityOf(expression: Expression): { readonly type: string; readonly id: string } | null {
  if (expression.op !== 'value' || typeof expression.value !== 'object' || expression.value === null) return null;
  const entity = '__entity' in expression.value ? expression.value.__entity : null;
  // `__entity` is Cedar's own mark: what stands under it has this shape.
  return entity as { type: string; id: string } | null;
}

interface Body {
  readonly left?: Expr;
  readonly right?: Expr;
  readonly arg?: Expr;
  readonly attr?: string | string[];
  readonly pattern?: PatternElem[];
  readonly entity_type?: string;
  readonly in?: Expr;
  readonly if?: Expr;
  readonly then?: Expr;
  readonly else?: Expr;
}

function child(json: Expr | undefined): Expression {
  if (!json) throw new TypeError('Cedar gave an expression of a form that is not known.');
  return expressionOf(json);
}

function argumentsOf(body: Body): Expr[] {
  if (Array.isArray(body)) return body;
  return [body.left, body.right, body.arg].filter((each) => each !== undefined);
}

const asList = (body: unknown): Expr[] => (Array.isArray(body) ? body : []);
