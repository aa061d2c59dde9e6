import { PGlite } from '@electric-sql/pglite';
import type { AttributeType } from '../vocabulary.ts';
import type { FilterColumn, FilterColumns } from './columns.ts';

const column = (name: string, type: AttributeType, nullable: boolean): [string, FilterColumn] => [
  name,
  { sql: `d.${name}`, type, nullable },
];

/** `owner` is required of a document and yet may be missing in a row: what policies declare, no database enforces. */
export const documentColumns: FilterColumns = Object.fromEntries([
  column('title', 'String', false),
  column('owner', 'String', true),
  column('department', 'String', true),
  column('classification', 'Long', false),
  column('pages', 'Long', true),
  column('draft', 'Boolean', false),
  column('urgent', 'Boolean', true),
  column('cost', 'Decimal', true),
  column('tags', 'Set<String>', false),
  column('readers', 'Set<String>', true),
]);

export interface DocumentRow {
  readonly id: string;
  readonly attributes: Record<string, unknown>;
}

/** Documents in a PostgreSQL of their own, among them every kind of value that is awkward. */
export class Documents {
  readonly rows: readonly DocumentRow[];
  readonly #pglite: PGlite;

  private constructor(pglite: PGlite, rows: readonly DocumentRow[]) {
    this.#pglite = pglite;
    this.rows = rows;
  }

  static async open(): Promise<Documents> {
    const pglite = await PGlite.create();
    await pglite.exec(`
      create table document (id text primary key, title text not null, owner text, department text,
        classification bigint not null, pages integer, draft boolean not null, urgent boolean, cost numeric,
        tags text[] not null, readers text[]);
      insert into document values
        ('d-1', 'a', 'u-1', 'surgery', 1, 3, false, true, 10.5, '{a,b}', '{u-1}'),
        ('d-2', 'b', 'u-2', 'surgery', 2, null, true, null, null, '{}', null),
        ('d-3', '', null, 'icu', 3, 0, false, false, 0, '{b}', '{}'),
        ('d-4', '100%', 'u-1', null, 4, 3, true, true, 99999.9999, '{a,b,c}', '{a,b,c}'),
        ('d-5', '50_5', '', '', 0, -1, false, null, -0.5, '{""}', '{u-1,u-2}'),
        ('d-6', 'a\\*b', 'u-2', 'icu', -1, 2147483647, true, false, 10.50000, '{a,a}', null),
        ('d-7', 'it''s a ? "title"', 'u-1', null, 9007199254740991, null, false, null, 5000, '{surgery}', '{a}'),
        ('d-8', 'ab', 'u-1', 'surgery', 2, 2, true, true, 1000, '{b,a}', '{b,a}'),
        ('d-9', 'a', null, null, 1, null, false, null, null, '{}', null),
        -- What JSON, Cedar's decimals or a set of texts cannot hold:
        ('d-10', 'a', 'u-1', 'surgery', 9007199254740993, 3, false, true, 10, '{a}', '{a}'),
        ('d-11', 'a', 'u-1', 'surgery', 1, 3, false, true, 10.00001, '{a}', '{a}'),
        ('d-12', 'a', 'u-1', 'surgery', 1, 3, false, true, 10, '{a,NULL}', '{a}'),
        ('d-13', 'a', 'u-1', 'surgery', 1, 3, false, true, 10, '{a}', '{NULL}'),
        ('d-14', 'a', 'u-1', 'surgery', 1, 3, false, true, 'NaN', '{a}', '{a}');`);
    const { rows } = await pglite.query<{ id: string; attributes: string }>(
      "select id, (to_jsonb(d) - 'id')::text as attributes from document d order by id",
    );
    return new Documents(
      pglite,
      rows.map(({ id, attributes }) => ({ id, attributes: JSON.parse(attributes) })),
    );
  }

  /** The ids of the documents that a condition with `?` for its parameters lets through. */
  async ids(condition: string, params: readonly unknown[] = []): Promise<string[]> {
    let index = 0;
    const text = condition.replace(/\\\?|\?/g, (found) => (found === '?' ? `$${++index}` : '?'));
    const { rows } = await this.#pglite.query<{ id: string }>(`select id from document d where ${text} order by id`, [
      ...params,
    ]);
    return rows.map(({ id }) => id);
  }

  close(): Promise<void> {
    return this.#pglite.close();
  }
}
