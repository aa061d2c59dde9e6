import { type EntityManager, type Principal, readPrincipal } from '@countersign/kernel';
import { type GrantChange, keyOf, type PrincipalKey, readPrincipals } from '../../statements/principals.ts';

/** Somebody as they are, and as they would be after the change. */
export interface Subject {
  readonly before: Principal;
  readonly after: Principal;
  /** Whether the change leaves them what they hold. */
  readonly same: boolean;
}

const mostKept = 5_000;

/** Those who were decided about, read a page at a time and kept for the pages after it. */
export class Subjects {
  readonly #tenantId: Principal['tenantId'];
  readonly #change: GrantChange;
  readonly #known = new Map<string, Subject | null>();

  constructor(tenantId: Principal['tenantId'], change: GrantChange) {
    this.#tenantId = tenantId;
    this.#change = change;
  }

  async load(em: EntityManager, asked: readonly PrincipalKey[]): Promise<void> {
    if (this.#known.size > mostKept) this.#known.clear();
    const missing = [...new Map(asked.map((each) => [keyOf(each), each])).entries()]
      .filter(([key]) => !this.#known.has(key))
      .map(([, each]) => each);
    const before = await this.#read(em, missing);
    const after = this.#changes() ? await readPrincipals(em, missing, this.#tenantId, this.#change) : before;
    for (const each of missing) {
      const key = keyOf(each);
      const now = before.get(key);
      // What is not made of roles, such as an operator's access, is not touched by a change of roles.
      const then = after.get(key) ?? now;
      this.#known.set(key, now && then ? { before: now, after: then, same: holdSame(now, then) } : null);
    }
  }

  /** Null for those who may not come in any more. */
  get(who: PrincipalKey): Subject | null {
    return this.#known.get(keyOf(who)) ?? null;
  }

  async #read(em: EntityManager, asked: readonly PrincipalKey[]): Promise<Map<string, Principal>> {
    const found = await readPrincipals(em, asked, this.#tenantId);
    for (const who of asked.filter(({ kind }) => kind === 'platform_operator')) {
      const operator = await readPrincipal(em, { ...who, tenantId: this.#tenantId }, 0);
      if (operator) found.set(keyOf(who), operator);
    }
    return found;
  }

  #changes(): boolean {
    const { roles, assign, revoke } = this.#change;
    return roles.length + assign.length + revoke.length > 0;
  }
}

const holdSame = (one: Principal, other: Principal): boolean =>
  JSON.stringify([one.roles, one.permissions]) === JSON.stringify([other.roles, other.permissions]);
