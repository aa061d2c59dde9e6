import { type Database, type EntityManager, isUuid, notFound, type Page, type Principal } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { LogEntry } from '../entities/log-entry.ts';
import { LogHead } from '../entities/log-head.ts';
import { treeNodes } from '../statements.ts';
import {
  type Digest,
  inclusionProof,
  nodesNeeded,
  readNodes,
  rootOf,
  type SealedEntry,
  verifyActionTrail,
  verifyLog,
} from './decision-log/index.ts';
import type { ReadNode } from './decision-log/merkle.ts';
import { asSealedEntry } from './log-entry-form.ts';

const inLogOrder = { seq: 'asc nulls last', occurredAt: 'asc', id: 'asc' } as const;

export interface LogPage {
  /** Up to `first + 1` entries. */
  readonly entries: readonly LogEntry[];
  readonly verified: boolean;
}

/** Reads the decision log and holds what it reads against the chain and the tree. */
export class LogReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What the log has of an action and of its undos. Throws `NOT_FOUND`. */
  ofAction(principal: Principal, actionId: string, page: Page): Promise<LogPage> {
    return this.#database.read(principal, async (em) => {
      const action = isUuid(actionId) ? await em.findOne(Action, { id: actionId }) : null;
      if (!action) throw notFound('action');
      const actions = [action, ...(await em.find(Action, { undoOfId: action.id }))];
      const entries = await em.find(
        LogEntry,
        { actionId: { $in: actions.map(({ id }) => id) } },
        { orderBy: inLogOrder },
      );
      const last = page.after?.id;
      const start = last === undefined ? 0 : entries.findIndex(({ id }) => id === last) + 1;
      return {
        entries: entries.slice(start, start + page.first + 1),
        verified: await trailsHold(em, principal.tenantId, actions, entries),
      };
    });
  }

  /** The whole log of the tenant, page by page; `verified` speaks of the page. */
  all(principal: Principal, page: Page): Promise<LogPage> {
    return this.#database.read(principal, async (em) => {
      const last = isUuid(page.after?.id) ? await em.findOne(LogEntry, { id: page.after.id }) : null;
      const where = last === null ? {} : afterEntry(last);
      const entries = await em.find(LogEntry, where, { orderBy: inLogOrder, limit: page.first + 1 });
      return { entries, verified: await runHolds(em, principal.tenantId, entries.slice(0, page.first)) };
    });
  }
}

const afterEntry = ({ seq, occurredAt, id }: LogEntry) =>
  seq === null
    ? { seq: null, $or: [{ occurredAt: { $gt: occurredAt } }, { occurredAt, id: { $gt: id } }] }
    : { $or: [{ seq: { $gt: seq } }, { seq: null }] };

/** Whether each action's entries are all there, all sealed, all sound, linked to each other, and in the tenant's tree. */
async function trailsHold(
  em: EntityManager,
  tenantId: string,
  actions: readonly Action[],
  entries: readonly LogEntry[],
): Promise<boolean> {
  const sealed = entries.map(asSealedEntry).filter((entry) => entry !== null);
  const head = await em.findOne(LogHead, { tenantId });
  if (!head || sealed.length !== entries.length) return false;
  if (sealed.some(({ seq }) => seq > head.treeSize)) return false;
  const rootHash = rootOf({ size: head.treeSize, roots: head.frontier });
  const prove = (read: ReadNode) => sealed.map((entry) => inclusionProof(entry.seq - 1, head.treeSize, read));
  const proofs = prove(readNodes(await treeNodes(em, nodesNeeded(prove))));
  return actions.every(({ id: actionId, lastEntry }) => {
    const trail = sealed.flatMap((entry, at) => (entry.actionId === actionId ? [withProof(entry, proofs[at])] : []));
    const { ok } = verifyActionTrail(trail, { tenantId, actionId, treeSize: head.treeSize, rootHash });
    return ok && trail.at(-1)?.entry.contentDigest === lastEntry;
  });
}

const withProof = (entry: SealedEntry, proof: readonly Digest[] | undefined) => ({ entry, proof: proof ?? [] });

/** Whether a run of entries is sealed, sound and chained, also to the entry before it. */
async function runHolds(em: EntityManager, tenantId: string, entries: readonly LogEntry[]): Promise<boolean> {
  const sealed = entries.map(asSealedEntry).filter((entry) => entry !== null);
  const [first] = sealed;
  if (!first || sealed.length !== entries.length) return false;
  if (first.seq === 1) return verifyLog(sealed, { tenantId }).ok;
  const before = await em.findOne(LogEntry, { tenantId, seq: first.seq - 1 });
  if (!before?.hash) return false;
  const from = { tenantId, seq: first.seq - 1, hash: before.hash, treeSize: first.seq - 1, frontier: [] };
  return verifyLog(sealed, { tenantId, from }).ok;
}
