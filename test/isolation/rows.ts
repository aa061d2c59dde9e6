import { Pool } from 'pg';
import { tokensIn } from './tokens.ts';

/** A row as the database has it, or a part of one that not everybody who may read the row may see. */
export interface Row {
  /** `tenants.role`, or `tenants.app_user#attributes` for a part. */
  readonly kind: string;
  /** Null for what belongs to no tenant. */
  readonly tenantId: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly tokens: ReadonlySet<string>;
}

/** Columns that are shown to fewer than their row is; `hidden` ones to nobody. */
const parts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'tenants.app_user': {
    address: ['email'],
    attributes: ['attributes', 'external_id', 'given_name', 'family_name'],
  },
  'tenants.access_change': { content: ['before', 'after', 'input'] },
  'tenants.api_key': { hidden: ['secret_hash'] },
  'tenants.session': { hidden: ['token_hash'] },
  'tenants.identity_provider': { hidden: ['client_secret'] },
  'actions.action': {
    data: ['input', 'preview', 'drift', 'outcome', 'step_template'],
    hidden: ['fingerprint', 'idempotency_key', 'correlation_id', 'lease_owner', 'waiter_id'],
  },
  'actions.bundle': { hidden: ['fingerprint', 'idempotency_key', 'correlation_id', 'lease_owner'] },
  'actions.evidence': { quote: ['quote'] },
  'actions.log_entry': { values: ['entry_values', 'salts'] },
  'actions.webhook_endpoint': { hidden: ['secret', 'previous_secret'] },
  'actions.webhook_delivery': { hidden: ['lease_owner'] },
};

/** What holds nothing but copies of what other tables hold: an index, a version, and what is on its way to other subgraphs. */
const copies = new Set([
  'knowledge.posting',
  'kernel.outbox',
  'kernel.consumed_event',
  'kernel.access_decision',
  'kernel.audience',
  'actions.standing_orders',
]);

/** Everything that the tenants have at one moment. */
export class Snapshot {
  readonly #tables: ReadonlyMap<string, readonly Row[]>;
  readonly #byToken: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>;
  readonly #ids = new Map<string, ReadonlyMap<string, Row>>();
  #all: ReadonlySet<Row> | undefined;

  constructor(
    tables: ReadonlyMap<string, readonly Row[]>,
    byToken: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>,
  ) {
    this.#tables = tables;
    this.#byToken = byToken;
  }

  /** Every row that holds the token. */
  holders(token: string): Row[] {
    return [...this.#byToken.values()].flatMap((table) => table.get(token) ?? []);
  }

  /** The rows of a table, without their parts. */
  of(table: string): readonly Row[] {
    return (this.#tables.get(table) ?? []).filter(({ kind }) => kind === table);
  }

  one(table: string, id: unknown): Row | undefined {
    const known = this.#ids.get(table) ?? new Map(this.of(table).map((row) => [String(row.values.id), row]));
    this.#ids.set(table, known);
    return known.get(String(id));
  }

  /** Whether the row is one of this moment's. */
  holds(row: Row): boolean {
    this.#all ??= new Set([...this.#tables.values()].flat());
    return this.#all.has(row);
  }

  get tables(): string[] {
    return [...this.#tables.keys()];
  }
}

/** Reads all rows of all tenants as a superuser, and again whatever has changed since. */
export class RawRows {
  readonly #pool: Pool;
  #tables: string[] = [];
  readonly #prints = new Map<string, string>();
  readonly #rows = new Map<string, readonly Row[]>();
  readonly #byToken = new Map<string, ReadonlyMap<string, readonly Row[]>>();
  #latest: Snapshot | undefined;

  constructor(superuserUrl: string) {
    this.#pool = new Pool({ connectionString: superuserUrl, max: 2 });
  }

  async read(): Promise<Snapshot> {
    if (this.#tables.length === 0) this.#tables = await this.#tenantTables();
    const changed = await this.#changed();
    if (changed.length === 0 && this.#latest) return this.#latest;
    for (const table of changed) {
      const rows = await this.#rowsOf(table);
      this.#rows.set(table, rows);
      this.#byToken.set(table, indexed(rows));
    }
    this.#latest = new Snapshot(new Map(this.#rows), new Map(this.#byToken));
    return this.#latest;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #tenantTables(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.columns
       where column_name = 'tenant_id' and table_schema not in ('pg_catalog', 'information_schema', 'pgboss')
       order by name`,
    );
    return rows.map(({ name }) => name).filter((name) => !copies.has(name));
  }

  /** The tables of which any row is another version than when they were read last. */
  async #changed(): Promise<string[]> {
    const prints = this.#tables.map(
      (table) => `select '${table}' as name,
         count(*) || ' ' || coalesce(sum(hashtext(xmin::text || ' ' || ctid::text)), 0) as print from ${table}`,
    );
    const { rows } = await this.#pool.query<{ name: string; print: string }>(prints.join(' union all '));
    const changed = rows.filter(({ name, print }) => this.#prints.get(name) !== print);
    for (const { name, print } of changed) this.#prints.set(name, print);
    return changed.map(({ name }) => name);
  }

  async #rowsOf(table: string): Promise<Row[]> {
    const { rows } = await this.#pool.query<{ values: Record<string, unknown> }>(
      `select to_jsonb(each) - 'embedding' as values from ${table} as each order by ctid`,
    );
    return rows.flatMap(({ values }) => rowAndParts(table, values));
  }
}

function rowAndParts(table: string, values: Record<string, unknown>): Row[] {
  const tenantId = values.tenant_id === null ? null : String(values.tenant_id);
  const asRow = (kind: string, columns: readonly string[]): Row => {
    const shown = Object.fromEntries(columns.map((column) => [column, values[column]]));
    return { kind, tenantId, values, tokens: tokensIn(JSON.stringify(shown)) };
  };
  const apart = Object.entries(parts[table] ?? {});
  const elsewhere = new Set(apart.flatMap(([, columns]) => columns));
  const own = Object.keys(values).filter((column) => !elsewhere.has(column));
  return [asRow(table, own), ...apart.map(([part, columns]) => asRow(`${table}#${part}`, columns))];
}

function indexed(rows: readonly Row[]): Map<string, Row[]> {
  const index = new Map<string, Row[]>();
  for (const row of rows) {
    for (const token of row.tokens) {
      const others = index.get(token);
      if (others) others.push(row);
      else index.set(token, [row]);
    }
  }
  return index;
}
