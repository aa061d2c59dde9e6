import type { EntityManager } from '@countersign/kernel';

/** One row, by the names of its columns. */
export async function insert(em: EntityManager, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row).join(', ');
  await em.execute(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, ?::jsonb)`,
    [JSON.stringify(row)],
  );
}

/** In the order of a text that hangs on the seed, as ids do not. */
export async function ids(em: EntityManager, table: string, order: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(`select id from ${table} order by ${order}`);
  return rows.map(({ id }) => id);
}
