import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '@countersign/kernel';
import { manifestOf } from '@countersign/plugin-sdk';
import type { Timing } from '../src/index.ts';
import { House, type UserError } from './house.ts';
import { notes } from './notes.fixture.ts';

const root = join(import.meta.dirname, '../../..');

/** How one tool stands, as the report has it. */
export interface ToolView {
  tool: string;
  level: string;
  earned: string;
  limitedBy: { by: string; name: string; level: string }[];
  because: string[];
  takesPerson: boolean;
  evidence: {
    clean: number;
    corrected: number;
    reversed: number;
    rejected: number;
    refused: number;
    reversalRate: number | null;
    reversalUpperBound: number;
    reversalBound: number | null;
    next: string | null;
    successesNeeded: number | null;
    whatItTakes: string[];
  } | null;
  proposal: { id: string; from: string; to: string; status: string } | null;
  lastStepDown: { from: string; to: string; cause: string; reason: string } | null;
}

export interface NoteView {
  id: string;
  status: string;
  autonomy: string | null;
  policy: { decision: string; reasons: string[] };
}

/** A house with the notes connector beside the FHIR one. */
export class NotesHouse {
  readonly house: House;
  readonly #folder: string;

  private constructor(house: House, folder: string) {
    this.house = house;
    this.#folder = folder;
  }

  static async open(timing: Partial<Timing> = {}): Promise<NotesHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-notes-'));
    bundleNotes(join(folder, 'notes/dist'));
    cpSync(join(root, 'plugins/fhir/dist'), join(folder, 'fhir/dist'), { recursive: true });
    const house = await House.open(
      { callTimeoutMs: 4_000, leaseMs: 12_000, ...timing },
      { config: { pluginsDir: folder } },
    );
    const opened = new NotesHouse(house, folder);
    for (const who of [house.admin, house.stranger]) await opened.configure(who);
    return opened;
  }

  async close(): Promise<void> {
    await this.house.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  configure(who: Principal): Promise<unknown> {
    const query = `mutation { configureConnector(input: { connector: "notes", config: {} }) { userErrors { code } } }`;
    return this.house.ask(who, query);
  }

  async add(
    text = 'Milk.',
    who = this.house.operator,
    tool: 'Add' | 'Burn' = 'Add',
    options: object | null = null,
  ): Promise<{ action: NoteView | null; userErrors: UserError[] }> {
    const field = `notes${tool}Note`;
    const query = `mutation ($input: Notes${tool}NoteInput!, $options: ActionOptions) { ${field}(input: $input, options: $options) {
      action { id status autonomy policy { decision reasons } } userErrors { code message path } } }`;
    const data = await this.house.ask<Record<string, { action: NoteView | null; userErrors: UserError[] }>>(
      who,
      query,
      { input: { text }, options },
    );
    return data[field] as { action: NoteView | null; userErrors: UserError[] }; // The one field asked for.
  }

  async report(tool = 'notes.addNote', who = this.house.admin): Promise<ToolView> {
    const query = `{ autonomyReport { edges { node { tool level earned limitedBy { by name level } because takesPerson
      evidence { clean corrected reversed rejected refused reversalRate reversalUpperBound reversalBound next
                 successesNeeded whatItTakes }
      proposal { id from to status } lastStepDown { from to cause reason } } } } }`;
    const { autonomyReport } = await this.house.ask<{ autonomyReport: { edges: { node: ToolView }[] } }>(who, query);
    const found = autonomyReport.edges.find(({ node }) => node.tool === tool);
    if (!found) throw new Error(`${tool} is not in the report.`);
    return found.node;
  }

  /** The same action so many times more, done at this moment: as if it had been walked through each time. */
  async again(id: string, count: number, who: Principal = this.house.operator): Promise<void> {
    await this.house.subgraphs.database.withTenant(who, async (em) => {
      const [{ names } = { names: '' }]: { names: string }[] = await em.execute(
        `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as names
         from information_schema.columns
         where table_schema = 'actions' and table_name = 'action' and is_generated = 'NEVER'
           and column_name not in ('id', 'done_at', 'idempotency_key')`,
      );
      await em.execute(
        `insert into actions.action (id, done_at, ${names})
         select gen_random_uuid(), clock_timestamp(), ${names} from actions.action, generate_series(1, ?)
         where id = ?::uuid`,
        [count, id],
      );
    });
  }

  /** What was told of autonomy, the oldest first. */
  async told(who: Principal = this.house.operator): Promise<{ type: string; payload: Record<string, unknown> }[]> {
    const { database } = this.house.subgraphs;
    const rows: { type: string; payload: Record<string, unknown> }[] = await database.withTenant(who, (em) =>
      em.execute(`select type, payload from kernel.outbox where type like 'Autonomy%' order by id`),
    );
    return rows;
  }
}

function bundleNotes(dist: string): void {
  mkdirSync(dist, { recursive: true });
  const flags = ['--bundle', '--format=esm', '--platform=node', '--conditions=source', '--loader=ts'];
  const built = spawnSync(join(root, 'node_modules/.bin/esbuild'), [...flags, `--outfile=${dist}/connector.mjs`], {
    cwd: import.meta.dirname,
    input: `import { serveConnector } from '@countersign/plugin-sdk';
      import { notes } from './notes.fixture.ts';
      serveConnector(notes);`,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifestOf(notes)));
}
