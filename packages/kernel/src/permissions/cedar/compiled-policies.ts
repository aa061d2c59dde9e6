import { clauseOf } from './clause.ts';
import { type Decision, type DecisionReason, type DecisionRequest, decide } from './decide.ts';
import { EngineFault } from './engine.ts';
import { type Filter, type FilterRequest, filterOf, type ListPlan, planList } from './filter/filter.ts';
import { type PreparsedSets, sharedSets } from './preparsed-sets.ts';
import { errorOf, type PolicyError, type PolicySource, type Slice, type SliceStatement, sliceOf } from './slice.ts';
import { type Reading, readPolicy } from './statements.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * A tenant's policies at one moment, ready to decide. Pure: it knows neither database nor clock, and the same question
 * gets the same answer. What a permission needs is worked out when it is first asked for. A text that cannot be read any
 * more denies every permission that it names, or if not even these can be read, every permission.
 */
export class CompiledPolicies {
  readonly #vocabulary: Vocabulary;
  readonly #sets: PreparsedSets;
  readonly #found = new Map<string, Omit<SliceStatement, 'json'>[]>();
  readonly #unreadable: { readonly error: PolicyError; readonly permissions: ReadonlySet<string> }[] = [];
  readonly #slices = new Map<string, Slice>();
  readonly #plans = new Map<string, ListPlan>();

  constructor(vocabulary: Vocabulary, policies: readonly PolicySource[], sets: PreparsedSets = sharedSets) {
    this.#vocabulary = vocabulary;
    this.#sets = sets;
    for (const policy of policies) this.#add(policy);
  }

  /** Whether policies have a say on the permission at all; where not, roles and grants decide. */
  appliesTo(permission: string): boolean {
    return this.#found.has(permission) || this.#brokenFor(permission).length > 0;
  }

  /** Whether some policy permits it to somebody, whatever their roles. */
  permitsPossible(permission: string): boolean {
    return (this.#found.get(permission) ?? []).some(({ statement }) => statement.json.effect === 'permit');
  }

  /** What has a say on the permission: for telling what would permit it, or what might forbid it. */
  statementsOn(permission: string): DecisionReason[] {
    return (this.#found.get(permission) ?? []).map(({ policy: { id, name, version }, statement }) => ({
      policyId: id,
      name,
      version,
      statement: statement.number,
      effect: statement.json.effect,
      clause: clauseOf(statement),
    }));
  }

  /** Throws `TypeError` if the object is not of the type that the permission is decided on. */
  decide(request: DecisionRequest): Decision {
    return decide(this.#slice(request.permission), request, this.#sets);
  }

  /** The same decisions as one condition over a list's columns. */
  filter(request: FilterRequest): Filter {
    const slice = this.#slice(request.permission);
    let plan = this.#plans.get(request.permission);
    if (!plan) {
      plan = planList(this.#vocabulary, slice);
      if (this.appliesTo(request.permission)) this.#plans.set(request.permission, plan);
    }
    return filterOf(slice, plan, request, this.#sets);
  }

  /** Gives back what the engine holds for these policies. They may still be asked; it is only slower then. */
  close(): void {
    const slices = [...this.#slices.values()].flatMap(({ sets }) => sets);
    const plans = [...this.#plans.values()].flatMap(({ sets }) => sets);
    for (const set of [...slices.flatMap(({ screen, statements }) => [screen, statements]), ...plans]) {
      if (set) this.#sets.release(set);
    }
  }

  #add(policy: PolicySource): void {
    const { statements, problems } = read(policy.text);
    const [problem] = problems;
    if (problem) {
      const permissions = new Set(statements.flatMap((each) => each.permissions));
      const error = errorOf({ policy }, `It cannot be read: ${problem.message}`);
      this.#unreadable.push({ error, permissions });
      return;
    }
    for (const statement of statements) {
      for (const permission of new Set(statement.permissions)) {
        const found = this.#found.get(permission) ?? [];
        this.#found.set(permission, found);
        found.push({ policy, statement });
      }
    }
  }

  #brokenFor(permission: string): PolicyError[] {
    return this.#unreadable
      .filter(({ permissions }) => permissions.size === 0 || permissions.has(permission))
      .map(({ error }) => error);
  }

  #slice(permission: string): Slice {
    let slice = this.#slices.get(permission);
    if (!slice) {
      const found = this.#found.get(permission) ?? [];
      slice = sliceOf(this.#vocabulary, permission, found, this.#brokenFor(permission));
      // What nobody wrote a policy for is not kept: permissions that do not exist could be asked for without end.
      if (this.appliesTo(permission)) this.#slices.set(permission, slice);
    }
    return slice;
  }
}

function read(text: string): Reading {
  try {
    return readPolicy(text);
  } catch (fault) {
    if (!(fault instanceof EngineFault)) throw fault;
    return { statements: [], problems: [{ code: 'POLICY_TOO_DEEP', message: fault.message, line: 1, column: 1 }] };
  }
}
