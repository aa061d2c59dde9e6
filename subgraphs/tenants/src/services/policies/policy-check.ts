import {
  checkPolicy,
  type Declared,
  describePolicy,
  type EntityManager,
  type PolicyProblem,
  readAccess,
  readDeclared,
  type StatementDescription,
  UserProblem,
  vocabularyOf,
} from '@countersign/kernel';
import { unknownNames } from '../../statements/policies.ts';
import { namedEntities } from './named-entities.ts';

/** Something in a policy's text that has to be mended before it can be published. */
export interface SourceProblem extends Omit<PolicyProblem, 'code'> {
  /** One of the engine's, or `PERMISSION_NOT_BY_POLICY`, `ROLE_NOT_FOUND`, `GROUP_NOT_FOUND`. */
  readonly code: PolicyProblem['code'] | 'PERMISSION_NOT_BY_POLICY' | 'ROLE_NOT_FOUND' | 'GROUP_NOT_FOUND';
}

const mostShown = 100;

/** What is wrong with the text, held against what the product and the tenant know now; empty where it may be published. */
export async function policyProblems(em: EntityManager, source: string): Promise<readonly SourceProblem[]> {
  const access = await readAccess(em);
  const declared = await readDeclared(em);
  const found = checkPolicy(vocabularyOf({ attributes: access?.attributes ?? [] }, declared), source, {
    listed: new Set(declared.permissions.filter(({ listed }) => listed).map(({ name }) => name)),
    columns: Object.fromEntries(
      declared.objectTypes.map((each) => [each.type, each.attributes.map(({ name }) => name)]),
    ),
  });
  if (found.length > 0) return found;
  return [...undecided(source, declared), ...(await unknownEntities(em, source))].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

/** Refuses with each problem as an error, whose `params` say line and column; answers what the policy says. */
export async function insistPolicy(
  em: EntityManager,
  source: string,
  path: string[],
): Promise<readonly StatementDescription[]> {
  const problems = await policyProblems(em, source);
  if (problems.length === 0) return describePolicy(source);
  const more = problems.length - mostShown;
  const errors = problems.slice(0, mostShown).map(({ code, message, line, column }, index) => ({
    code,
    message,
    path,
    params: { line, column, ...(more > 0 && index === mostShown - 1 && { more }) },
  }));
  throw new UserProblem(...errors);
}

/** A permission that is about no object is decided by roles alone: what a policy said of it would never be asked. */
function undecided(source: string, { permissions }: Declared): SourceProblem[] {
  const byRoles = new Set(permissions.filter(({ on }) => on === undefined || on === null).map(({ name }) => name));
  const named = new Set(describePolicy(source).flatMap((statement) => statement.permissions));
  return [...named]
    .filter((name) => byRoles.has(name))
    .map((name) => {
      const message = `${name} is not about an object, so that roles alone decide on it.`;
      return problemAt(source, Math.max(0, source.indexOf(`"${name}"`)), 'PERMISSION_NOT_BY_POLICY', message);
    });
}

/** A statement about a role that nobody can hold would never apply, and nobody would notice. */
async function unknownEntities(em: EntityManager, source: string): Promise<SourceProblem[]> {
  const named = namedEntities(source);
  const problems: SourceProblem[] = [];
  for (const kind of ['Role', 'Group'] as const) {
    const ofKind = named.filter((each) => each.kind === kind);
    const unknown = new Set(await unknownNames(em, kind, [...new Set(ofKind.map(({ name }) => name))]));
    for (const { name, offset } of ofKind.filter((each) => unknown.has(each.name))) {
      const [code, what] =
        kind === 'Role' ? (['ROLE_NOT_FOUND', 'role'] as const) : (['GROUP_NOT_FOUND', 'group'] as const);
      problems.push(problemAt(source, offset, code, `There is no ${what} "${name}".`));
    }
  }
  return problems;
}

function problemAt(source: string, offset: number, code: SourceProblem['code'], message: string): SourceProblem {
  const lines = source.slice(0, offset).split('\n');
  return { code, message, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
