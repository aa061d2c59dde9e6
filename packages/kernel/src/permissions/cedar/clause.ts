import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar } from './engine.ts';
import type { Statement } from './statements.ts';

const open = { principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;
const head = 'permit(principal, action, resource) ';
const clauses = new WeakMap<Statement, string>();

/**
 * What a statement asks for, as Cedar writes it from its own reading of the text: its `when` and `unless` conditions, or
 * its scope where it has none.
 */
export function clauseOf(statement: Statement): string {
  let clause = clauses.get(statement);
  if (clause === undefined) {
    const { json } = statement;
    clause = json.conditions.length > 0 ? conditionsText(json.conditions) : written({ ...json, annotations: {} });
    clauses.set(statement, clause);
  }
  return clause;
}

/** `when { context.hour > 8 }` */
export const conditionsText = (conditions: PolicyJson['conditions']): string =>
  written({ effect: 'permit', ...open, conditions }).slice(head.length);

function written(json: PolicyJson): string {
  const answer = askCedar((cedar) => cedar.policyToText(json));
  if (answer.type === 'failure') throw new TypeError('Cedar could not write what it had read.');
  return answer.text.replace(/;$/, '');
}
