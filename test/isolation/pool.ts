import type { Dice } from './dice.ts';
import type { Snapshot } from './rows.ts';
import { amountOf, canaryOf } from './tokens.ts';

/** One tenant of the test. */
export interface Named {
  readonly id: string;
  readonly number: number;
}

/**
 * What arguments are drawn from: the ids, words and cursors of all tenants, so that everybody asks for what is others'.
 * Grows with what is answered.
 */
export class Pool {
  /** By tenant, then by table. */
  readonly #ids = new Map<string, Map<string, string[]>>();
  readonly #words = new Map<string, string[]>();
  readonly #cursors: { readonly cursor: string; readonly way: string }[] = [];
  #made = 5_000;

  /** Takes in the ids and words that the tenants have by now. */
  learn(snapshot: Snapshot): void {
    for (const table of snapshot.tables) {
      for (const { tenantId, values, tokens } of snapshot.of(table)) {
        if (tenantId === null) continue;
        if (values.id !== undefined) this.#keep(tenantId, table, String(values.id));
        for (const column of ['name', 'email', 'title', 'operator', 'issuer']) {
          if (typeof values[column] === 'string') into(this.#words, tenantId).push(values[column]);
        }
        into(this.#words, tenantId).push(...[...tokens].filter((token) => token.startsWith('kx')));
      }
    }
  }

  /** Keeps a cursor that was answered on that way in. */
  addCursor(cursor: string, way: string): void {
    if (this.#cursors.length < 5_000) this.#cursors.push({ cursor, way });
  }

  /** An id of any tenant's; of a table whose name `about` holds, where there is one. `share` of them are the own ones. */
  id(dice: Dice, own: string, about: string, share = 0.5): string | undefined {
    const tenant = this.#tenant(dice, own, share);
    const tables = this.#ids.get(tenant) ?? new Map<string, string[]>();
    const fitting = [...tables.keys()].filter((table) => about.includes(nounOf(table)));
    const table = fitting.length > 0 && dice.chance(0.85) ? dice.pick(fitting) : dice.pick([...tables.keys()]);
    const ids = tables.get(table) ?? [];
    return ids.length > 0 ? dice.pick(ids) : undefined;
  }

  word(dice: Dice, own: string, share = 0.5): string | undefined {
    const words = this.#words.get(this.#tenant(dice, own, share)) ?? [];
    return words.length > 0 ? dice.pick(words) : undefined;
  }

  /** Anybody's cursor, mostly of the list that `about` begins with the name of. */
  cursor(dice: Dice, about: string): string | undefined {
    const list = about.split(' ')[0] ?? '';
    const fitting = this.#cursors.filter(({ way }) => way.toLowerCase().endsWith(` ${list}`));
    const from = fitting.length > 0 && dice.chance(0.8) ? fitting : this.#cursors;
    return from.length > 0 ? dice.pick(from).cursor : undefined;
  }

  get tenants(): string[] {
    return [...this.#ids.keys()];
  }

  /** A word that nobody has used before, as the tenant's own. */
  fresh({ number }: Named): string {
    this.#made += 1;
    return canaryOf(number, this.#made);
  }

  freshAmount({ number }: Named): number {
    this.#made += 1;
    return amountOf(number, this.#made);
  }

  #tenant(dice: Dice, own: string, share: number): string {
    const others = this.tenants.filter((tenant) => tenant !== own);
    return others.length === 0 || dice.chance(share) ? own : dice.pick(others);
  }

  #keep(tenantId: string, table: string, id: string): void {
    const tables = this.#ids.get(tenantId) ?? new Map<string, string[]>();
    this.#ids.set(tenantId, tables);
    const ids = into(tables, table);
    if (!ids.includes(id)) ids.push(id);
  }
}

/** `tenants.user_group` -> `group`, by which arguments and fields speak of it. */
function nounOf(table: string): string {
  const noun = table.split('.')[1]?.split('_').at(-1) ?? table;
  return noun === 'entry' ? 'log' : noun;
}

function into(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
