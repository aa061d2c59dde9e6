import type { DetailedError, ValidationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar, EngineFault } from './engine.ts';
import { listProblem } from './filter/row-plan.ts';
import { messageOf, offsetOf, type PolicyProblem, type PolicyProblemCode, problemAt } from './problems.ts';
import { schemaOf } from './schema.ts';
import { readPolicy, type Statement } from './statements.ts';
import { tooDeep } from './text-limits.ts';
import { declarationOf, lexiconOf, resourceTypeOf, type Vocabulary } from './vocabulary.ts';

export interface ListRules {
  /** Permissions that are decided for lists too. */
  readonly listed: ReadonlySet<string>;
  /** By type of object: the attributes that have a column. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/**
 * What is wrong with a policy's text, in the order of the text; empty where it may be saved. A text without problems
 * cannot fail when it is evaluated, but for a number that overflows and for an object whose required attribute is
 * missing.
 */
export function checkPolicy(vocabulary: Vocabulary, text: string, lists: ListRules): PolicyProblem[] {
  try {
    return inOrder(problemsOf(vocabulary, text, lists));
  } catch (fault) {
    if (!(fault instanceof EngineFault)) throw fault;
    return [tooDeep(text, 0, 'more than the engine can follow')];
  }
}

function problemsOf(vocabulary: Vocabulary, text: string, lists: ListRules): readonly PolicyProblem[] {
  const { statements, problems } = readPolicy(text);
  if (problems.length > 0) return problems;
  const unknown = statements.flatMap((each) => unknownWords(vocabulary, text, each));
  const answer = askCedar((cedar) =>
    cedar.validate({ schema: schemaOf(vocabulary), policies: { staticPolicies: text } }),
  );
  const invalid = [...unknown, ...validationProblems(text, statements, answer)];
  if (invalid.length > 0) return invalid;
  const impossible = impossibleStatements(text, statements, answer);
  if (impossible.length > 0) return impossible;
  return statements.flatMap((each) => listProblems(vocabulary, text, each, lists));
}

/** What Cedar's validator says in other words, or not at all: an attribute behind `has` may be one that nobody declared. */
function unknownWords(vocabulary: Vocabulary, text: string, statement: Statement): PolicyProblem[] {
  const { permissions } = lexiconOf(vocabulary);
  const problems = statement.permissions
    .filter((permission) => !permissions.has(permission))
    .map((permission) => {
      const offset = statement.start + Math.max(0, statement.text.indexOf(`"${permission}"`));
      return problemAt(text, offset, 'POLICY_UNKNOWN_PERMISSION', `There is no permission ${permission}.`);
    });
  const types = new Set(decidedOn(vocabulary, statement).map((permission) => permissions.get(permission) ?? ''));
  for (const path of statement.attributes) {
    const type = [...types].find((each) => !declarationOf(vocabulary, path, each));
    if (type === undefined) continue;
    const message = `${path} is not known; ${known(vocabulary, path, type)}.`;
    problems.push(problemAt(text, placeOf(statement, path), 'POLICY_UNKNOWN_ATTRIBUTE', message));
  }
  return problems;
}

function known(vocabulary: Vocabulary, path: string, type: string): string {
  const { principal, context, resources } = lexiconOf(vocabulary);
  const of = path.startsWith('principal.') ? 'principal' : path.startsWith('context.') ? 'context' : 'resource';
  const declared = of === 'principal' ? principal : of === 'context' ? context : resources.get(type);
  const names = [...(declared?.keys() ?? [])];
  const what = of === 'resource' ? type : `the ${of}`;
  return names.length > 0 ? `${what} has ${names.sort().join(', ')}` : `${what} has no attributes`;
}

/** The permissions of the statement whose objects are of the type that its scope asks for. */
export const decidedOn = (vocabulary: Vocabulary, { permissions, resourceType }: Statement): string[] =>
  permissions.filter((permission) => {
    const type = resourceTypeOf(vocabulary, permission);
    return type !== undefined && (resourceType === null || resourceType === type);
  });

/** Where the attribute stands in the text; where the statement begins, if it is written in some unusual way. */
function placeOf({ text, start }: Statement, path: string): number {
  const [variable, name = ''] = path.split(/\.(.*)/s);
  if (!/^\w+$/.test(name)) return start;
  const written = new RegExp(String.raw`\b${variable}\s*(?:\.\s*|\[\s*"|has\s+"?)${name}\b`);
  return start + Math.max(0, text.search(written));
}

function validationProblems(text: string, statements: readonly Statement[], answer: ValidationAnswer): PolicyProblem[] {
  if (answer.type === 'failure') return answer.errors.map((each) => validationProblem(text, 0, each));
  return answer.validationErrors
    .filter(({ error }) => !/not found$|^for policy `[^`]*`, unrecognized action/.test(error.message))
    .map(({ policyId, error }) => validationProblem(text, startOf(statements, policyId), error));
}

/** A statement that is always false was meant to say something else; where it forbids, nobody would notice. */
function impossibleStatements(text: string, statements: readonly Statement[], answer: ValidationAnswer) {
  const warnings = answer.type === 'success' ? answer.validationWarnings : [];
  const impossible = warnings.filter(({ error }) => error.message.includes('policy is impossible'));
  return impossible.map(({ policyId }) =>
    problemAt(text, startOf(statements, policyId), 'POLICY_IMPOSSIBLE', 'This statement can never apply.'),
  );
}

/** Cedar calls the statements of a text `policy0`, `policy1` and so on. */
const startOf = (statements: readonly Statement[], policyId: string): number =>
  statements[Number(policyId.replace('policy', ''))]?.start ?? 0;

function validationProblem(text: string, start: number, error: DetailedError): PolicyProblem {
  const code: PolicyProblemCode = error.message.includes('safety of access to optional attribute')
    ? 'POLICY_UNGUARDED_ATTRIBUTE'
    : 'POLICY_INVALID';
  return problemAt(text, offsetOf(text, error) ?? start, code, messageOf(error));
}

function listProblems(vocabulary: Vocabulary, text: string, statement: Statement, lists: ListRules): PolicyProblem[] {
  const listed = decidedOn(vocabulary, statement).filter((permission) => lists.listed.has(permission));
  const problems = listed.flatMap((permission) => {
    const type = resourceTypeOf(vocabulary, permission) ?? 'Tenant';
    const columns = new Set(lists.columns[type]?.map((name) => `resource.${name}`));
    const bare = statement.attributes.find((path) => path.startsWith('resource.') && !columns.has(path));
    const why = bare ? `lists of ${type} have no column for ${bare}` : listProblem(vocabulary, statement.json, type);
    return why ? [`${permission} is also decided for lists, and ${why}.`] : [];
  });
  return problems.map((message) => problemAt(text, statement.start, 'POLICY_NOT_LISTABLE', message));
}

function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  const distinct = new Map(problems.map((each) => [`${each.line}:${each.column}:${each.message}`, each]));
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
