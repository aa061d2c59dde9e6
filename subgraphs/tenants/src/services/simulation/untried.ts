import type { RecordedDecision } from '../../statements/recorded-decisions.ts';
import type { BothRules } from './proposed-change.ts';
import type { CannotTry } from './replay.ts';

export type UntriedReason = CannotTry | 'NEVER_OCCURRED' | 'ONLY_LISTS';

/** What the change may change, and nobody can tell from the records. */
export interface Untried {
  readonly permission: string;
  readonly reason: UntriedReason;
  /** How many decisions could not be tried. */
  readonly times: number;
}

/** Keeps the account of what was not tried. */
export class UntriedCounter {
  readonly #untried = new Map<string, Untried>();
  readonly #onObjects = new Set<string>();
  readonly #inLists = new Map<string, number>();

  /** A record that was decided, or why it could not be. */
  add({ permission, objectType, times }: RecordedDecision, reason?: CannotTry): void {
    if (objectType !== '') this.#onObjects.add(permission);
    else this.#inLists.set(permission, (this.#inLists.get(permission) ?? 0) + times);
    if (reason === undefined) return;
    const key = `${permission} ${reason}`;
    this.#untried.set(key, { permission, reason, times: (this.#untried.get(key)?.times ?? 0) + times });
  }

  /** With the permissions that the change touches and that did not occur; those of policies need an object for it. */
  of({ before, touched }: BothRules): Untried[] {
    const never = [...touched.byPolicies.union(touched.byGrants)]
      .filter((permission) => !this.#onObjects.has(permission) && !this.#inLists.has(permission))
      .map((permission): Untried => ({ permission, reason: 'NEVER_OCCURRED', times: 0 }));
    const onObjects = new Set(before.declared.permissions.filter(({ on }) => on).map(({ name }) => name));
    const listed = [...touched.byPolicies]
      .filter((name) => onObjects.has(name) && !this.#onObjects.has(name) && this.#inLists.has(name))
      .map((name): Untried => ({ permission: name, reason: 'ONLY_LISTS', times: this.#inLists.get(name) ?? 0 }));
    return [...never, ...listed, ...this.#untried.values()].sort((one, other) =>
      one.permission < other.permission ? -1 : 1,
    );
  }
}
