import type { AuthorizationAnswer, PolicyJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar, engineGeneration } from './engine.ts';

/** What is evaluated together. Its identity is its owner's claim on it. */
export interface StatementSet {
  /** By the name that the answer calls them. */
  readonly policies: Readonly<Record<string, PolicyJson>>;
  /** How many statements were put into them: what they take of the engine's memory. */
  readonly statements: number;
}

export type SetRequest = Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'>;

/** One engine serves all pools, so their ids must not meet. */
let pools = 0;

/**
 * The sets that the engine holds ready. It can neither forget one nor tell whose it is: so the ids are few and taken
 * over, the least recently used first, and a set that lost its id is parsed again before it is used. What an id stands
 * for is known by the object that it was given to and by nothing else, so nobody can be answered from another's set.
 */
export class PreparsedSets {
  readonly #name = `pool-${pools++}`;
  readonly #mostStatements: number;
  /** In the order of use. */
  readonly #held = new Map<StatementSet, string>();
  #free: string[] = [];
  #statements = 0;
  #ids = 0;
  #generation = engineGeneration();

  /** About 4 KB of memory for each statement. */
  constructor(mostStatements = 20_000) {
    this.#mostStatements = mostStatements;
  }

  /** Throws `EngineFault`. */
  evaluate(set: StatementSet, request: SetRequest): AuthorizationAnswer {
    const preparsedPolicySetId = this.#ready(set);
    return askCedar((cedar) => cedar.statefulIsAuthorized({ ...request, preparsedPolicySetId }));
  }

  /** Forgets the set, if it is held. */
  release(set: StatementSet): void {
    this.#catchUp();
    const id = this.#held.get(set);
    if (id === undefined) return;
    this.#held.delete(set);
    this.#statements -= set.statements;
    this.#free.push(id);
    fill(id, { policies: {}, statements: 0 });
  }

  #ready(set: StatementSet): string {
    this.#catchUp();
    const known = this.#held.get(set);
    if (known !== undefined) {
      this.#held.delete(set);
      this.#held.set(set, known);
      return known;
    }
    for (const [oldest] of this.#held) {
      if (this.#statements + set.statements <= this.#mostStatements) break;
      this.release(oldest);
    }
    const id = this.#free.pop() ?? `${this.#name}-${this.#ids++}`;
    fill(id, set);
    this.#held.set(set, id);
    this.#statements += set.statements;
    return id;
  }

  #catchUp(): void {
    if (this.#generation === engineGeneration()) return;
    this.#generation = engineGeneration();
    this.#held.clear();
    this.#free = [];
    this.#statements = 0;
  }
}

export const sharedSets = new PreparsedSets();

function fill(id: string, { policies }: StatementSet): void {
  const answer = askCedar((cedar) => cedar.preparsePolicySet(id, { staticPolicies: { ...policies } }));
  if (answer.type === 'failure') throw new TypeError(`Cedar refused what it had read: ${answer.errors[0]?.message}`);
}
