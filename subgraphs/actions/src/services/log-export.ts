import {
  type Access,
  CountersignError,
  type Database,
  type EntityManager,
  encodeCursor,
  isVeiled,
  type Page,
} from '@countersign/kernel';
import { LogEntry } from '../entities/log-entry.ts';
import type { LogKey } from '../entities/log-key.ts';
import { TreeHead } from '../entities/tree-head.ts';
import { actionTable } from '../proposed-action.ts';
import { seesActionData } from '../sensitive-data.ts';
import { headsIn, publicLogKeys, runBetween } from '../statements.ts';
import { asCsv, checkLimit } from './audit-export.ts';
import { asLine, emptyHead, eraseValues, frontierAt, type LogHead, type SealedEntry } from './decision-log/index.ts';
import { asSealedEntry } from './log-entry-form.ts';
import { withNodes } from './log-proofs.ts';
import type { LogWriter } from './log-writer.ts';
import type { Viewer } from './visible-actions.ts';

export type LogExportFormat = 'NDJSON' | 'CSV';

export interface LogExportRequest {
  readonly since: Date | null;
  readonly until: Date | null;
  readonly after: Page['after'];
  /** 1 to 10,000 entries. */
  readonly limit: number;
  readonly format: LogExportFormat;
}

export interface ExportedLog {
  readonly text: string;
  /** Null when nothing is left. */
  readonly nextCursor: string | null;
  readonly count: number;
}

/** Of an integer of PostgreSQL's. */
const largestNumber = 2 ** 31 - 1;

/** An unbroken run of the log: where it begins and ends (numbers, both included), and what of it was handed out. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly done: number;
}

/** The log in its own order, as text that can be verified without the server it came from. */
export class LogExport {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; access: Access; log: LogWriter }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
  }

  /**
   * One page of an unbroken run of sealed entries; handing it out is itself recorded. The run is settled with the first
   * page, whatever is written meanwhile. Throws `BAD_REQUEST`, and `FORBIDDEN` for who may not see all actions: a gap
   * could not be told from a removal.
   */
  async page(viewer: Viewer, { since, until, after, limit, format }: LogExportRequest): Promise<ExportedLog> {
    checkLimit(limit);
    const resumed = runOf(after);
    const withheld = await isVeiled({ ...viewer, access: this.#access }, seesActionData);
    const { run, last, rows, text } = await this.#database.read(viewer.principal, async (em) => {
      await this.#insistOnAll(em, viewer);
      const run = resumed ?? (await settle(em, since, until));
      const last = Math.min(run.done + limit, run.end);
      const where = { seq: { $gt: run.done, $lte: last } };
      const found = await em.find(LogEntry, where, { orderBy: { seq: 'asc' } });
      const rows = withheld ? found.map((row) => ({ ...row, values: {} })) : found;
      const text =
        format === 'CSV'
          ? asCsv(rows, { headed: run.done < run.start })
          : await asFile(em, viewer.principal.tenantId, { run, last, entries: sealedOf(found, withheld) });
      return { run, last, rows, text };
    });
    const facts = { of: 'decision log', format, from: run.done + 1, to: last, count: rows.length, withheld };
    await this.#database.withTenant(viewer.principal, async (em) =>
      this.#log.appendGeneral(em, viewer, 'EXPORT', { facts }),
    );
    return { text, nextCursor: last < run.end ? encodeCursor({ ...run, done: last }) : null, count: rows.length };
  }

  async #insistOnAll(em: EntityManager, viewer: Viewer): Promise<void> {
    const { kind } = await this.#access.filter(em, viewer, 'actions:action:read', actionTable);
    if (kind === 'all') return;
    throw new CountersignError(
      'FORBIDDEN',
      'The log is exported whole, so only who may see all actions can export it. `exportAuditTrail` gives what you may see.',
      { extensions: { permission: 'actions:action:read' } },
    );
  }
}

/** The run between two moments, up to the signed head that covers its last entry. Empty where there is nothing. */
async function settle(em: EntityManager, since: Date | null, until: Date | null): Promise<Run> {
  const { start, end } = await runBetween(em, since, until);
  const [head] = await em.find(TreeHead, { treeSize: { $gte: end } }, { orderBy: { treeSize: 'asc' }, limit: 1 });
  return { start, end: end >= start ? (head?.treeSize ?? end) : end, done: start - 1 };
}

function runOf(after: Page['after']): Run | null {
  if (after === undefined) return null;
  const [start, end, done] = [Number(after.start), Number(after.end), Number(after.done)];
  const inOrder = [start, end, done].every(Number.isSafeInteger) && start > 0 && done >= start && done <= end;
  if (inOrder && end <= largestNumber) return { start, end, done };
  throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list; use one that it returned.');
}

/** Without its values and salts an entry still commits to them. */
function sealedOf(rows: readonly LogEntry[], withheld: boolean): SealedEntry[] {
  const sealed = rows.map(asSealedEntry).filter((entry) => entry !== null);
  return withheld ? sealed.map((entry) => eraseValues(entry, Object.keys(entry.valueDigests))) : sealed;
}

async function asFile(
  em: EntityManager,
  tenantId: string,
  { run, last, entries }: { run: Run; last: number; entries: readonly SealedEntry[] },
): Promise<string> {
  const [isFirst, isLast] = [run.done < run.start, last === run.end];
  // Only the file's first and last lines are about all of it.
  const { heads, keys } = isFirst || isLast ? await signedIn(em, run) : { heads: 0, keys: [] };
  const first = isFirst ? await opening(em, tenantId, run.start - 1, keys) : '';
  const lines = 1 + keys.length + (run.end - run.start + 1) + heads;
  const closing = isLast ? asLine({ logEnd: { seq: run.end, lines } }) : '';
  const here = await em.find(TreeHead, { treeSize: { $gt: run.done, $lte: last } });
  const bySize = new Map(here.map((head) => [head.treeSize, asLine({ treeHead: statementOf(head) })]));
  return `${first}${entries.map((entry) => `${asLine(entry)}${bySize.get(entry.seq) ?? ''}`).join('')}${closing}`;
}

/** How many signed heads are in the run, and the keys that signed them. */
async function signedIn(em: EntityManager, { start, end }: Run): Promise<{ heads: number; keys: LogKey[] }> {
  const heads = await headsIn(em, { above: start - 1, to: end });
  const signers = new Set(heads.map(({ keyId }) => keyId));
  return { heads: heads.length, keys: (await publicLogKeys(em)).filter(({ id }) => signers.has(id)) };
}

async function opening(em: EntityManager, tenantId: string, size: number, keys: readonly LogKey[]): Promise<string> {
  const logStart = size === 0 ? emptyHead(tenantId) : await headAt(em, tenantId, size);
  return [asLine({ logStart }), ...keys.map(({ id, publicKey }) => asLine({ logKey: { id, publicKey } }))].join('');
}

async function headAt(em: EntityManager, tenantId: string, size: number): Promise<LogHead> {
  const { hash } = await em.findOneOrFail(LogEntry, { seq: size });
  const { roots } = await withNodes(em, (read) => frontierAt(size, read));
  return { tenantId, seq: size, hash: hash ?? '', treeSize: size, frontier: roots };
}

const statementOf = ({ tenantId, treeSize, rootHash, sealedAt, keyId, signature }: TreeHead) =>
  ({ format: 1, tenantId, treeSize, rootHash, sealedAt: sealedAt.toISOString(), keyId, signature }) as const;
