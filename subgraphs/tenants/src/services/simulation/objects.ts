import type { EntityManager, ObjectRef } from '@countersign/kernel';
import { readObjects } from '../../statements/recorded-decisions.ts';

type Attributes = Readonly<Record<string, unknown>>;

const mostKept = 20_000;
const keyOf = ({ type, id }: ObjectRef): string => `${type} ${id}`;

/** Objects as they are now, read a page at a time and kept for the pages after it: the same ones recur every hour. */
export class Objects {
  readonly #known = new Map<string, Attributes | null>();

  /** Of declared types alone. */
  async load(em: EntityManager, asked: readonly ObjectRef[]): Promise<void> {
    if (this.#known.size > mostKept) this.#known.clear();
    const missing = asked.filter((ref) => !this.#known.has(keyOf(ref)));
    for (const [type, refs] of Map.groupBy(missing, (ref) => ref.type)) {
      const ids = refs.map(({ id }) => id);
      const found = await readObjects(em, type, ids);
      for (const id of ids) this.#known.set(keyOf({ type, id }), found.get(id) ?? null);
    }
  }

  /** Null for one that is gone. */
  get(ref: ObjectRef): Attributes | null {
    return this.#known.get(keyOf(ref)) ?? null;
  }
}
