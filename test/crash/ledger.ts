/** What was acknowledged about one action, and must hold ever after. */
export interface Promised {
  readonly id: string;
  readonly key: string;
  approvals: number;
  /** Where it stood when it was last seen: others may have taken it further. */
  seen: string;
  revision: number;
  /** The last status that it cannot go back behind. */
  lasting: 'SUCCEEDED' | 'UNDONE' | 'REJECTED' | null;
}

/** What the product has promised: an answer that came back is one, a request that died is none. */
export class Ledger {
  readonly byKey = new Map<string, Promised>();

  get all(): Promised[] {
    return [...this.byKey.values()];
  }

  /** Throws where one key names two actions. */
  proposed(key: string, id: string): void {
    const known = this.byKey.get(key);
    if (known && known.id !== id) throw new Error(`The key ${key} was answered with ${known.id} and with ${id}.`);
    if (!known) this.byKey.set(key, { id, key, approvals: 0, seen: 'AWAITING_APPROVAL', revision: 1, lasting: null });
  }
}
