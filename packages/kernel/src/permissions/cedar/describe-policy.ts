import { conditionsText } from './clause.ts';
import { namedTexts } from './named-attributes.ts';
import { readPolicy, type Statement } from './statements.ts';

export interface StatementDescription {
  /** From 1, in the order of the text. */
  readonly statement: number;
  readonly effect: 'permit' | 'forbid';
  readonly permissions: readonly string[];
  /** The type of object that its scope asks for; null where any will do. */
  readonly resourceType: string | null;
  readonly clauses: readonly { readonly kind: 'when' | 'unless'; readonly text: string }[];
  /** `principal.department`, `resource.classification`, `context.hour`. */
  readonly attributes: readonly string[];
  /** The texts and ids that it names: of roles, groups, and values of attributes. */
  readonly texts: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a policy says, statement by statement. Throws `TypeError` for a text that `checkPolicy` finds unreadable. */
export function describePolicy(text: string): StatementDescription[] {
  const { statements, problems } = readPolicy(text);
  const [problem] = problems;
  if (problem) throw new TypeError(`The policy cannot be read: ${problem.message}`);
  return statements.map(describe);
}

function describe({ number, json, permissions, resourceType, attributes }: Statement): StatementDescription {
  return {
    statement: number,
    effect: json.effect,
    permissions,
    resourceType,
    clauses: json.conditions.map((each) => ({ kind: each.kind, text: conditionsText([each]) })),
    attributes,
    texts: namedTexts(json),
    annotations: Object.fromEntries(Object.entries(json.annotations ?? {}).map(([name, value]) => [name, value ?? ''])),
  };
}
