import { type Access, type Database, type EntityManager, isUuid, type Page } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { LogEntry } from '../entities/log-entry.ts';
import { LogHead } from '../entities/log-head.ts';
import {
  type Digest,
  inclusionProof,
  rootOf,
  type SealedEntry,
  verifyActionTrail,
  verifyLog,
} from './decision-log/index.ts';
import { noSuchAction } from './load-actions.ts';
import { asSealedEntry } from './log-entry-form.ts';
import { withNodes } from './log-proofs.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

const inLogOrder = { seq: 'asc nulls last', occurredAt: 'asc', id: 'asc' } as const;

export interface LogPage {
  /** Up to `first + 1` entries. */
  readonly entries: readonly LogEntry[];
  readonly verified: boolean;
}

/**
 * Reads the decision log and holds what it reads against the chain and the tree. Entries of actions that the viewer may
 * not see are left out; what they say is checked all the same, where it bears on what is shown.
 */
export class LogReader {
  readonly #database: Database;
  readonly #access: Access;

  constructor(database: Database, access: Access) {
    this.#database = database;
    this.#access = access;
  }

  /** What the log has of an action and of its undos. Throws `NOT_FOUND`. */
  ofAction(viewer: Viewer, actionId: string, page: Page): Promise<LogPage> {
    const { principal } = viewer;
    return this.#database.read(principal, async (em) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      const [action] = isUuid(actionId) ? await visible.select().andWhere({ id: actionId }).getResultList() : [];
      if (!action) throw noSuchAction();
      const actions = [action, ...(await em.find(Action, { undoOfId: action.id }))];
      const all = await em.find(LogEntry, { actionId: { $in: actions.map(({ id }) => id) } }, { orderBy: inLogOrder });
      const shown = new Set([action.id, ...(await visible.among(actions.map(({ id }) => id)))]);
      const entries = all.filter((entry) => entry.actionId !== null && shown.has(entry.actionId));
      const last = page.after?.id;
      const start = last === undefined ? 0 : entries.findIndex(({ id }) => id === last) + 1;
      return {
        entries: entries.slice(start, start + page.first + 1),
        verified: await trailsHold(em, principal.tenantId, actions, all),
      };
    });
  }

  /** The whole log of the tenant, page by page; `verified` speaks of the page. */
  all(viewer: Viewer, page: Page): Promise<LogPage> {
    const { principal } = viewer;
    return this.#database.read(principal, async (em) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      const shown = () => em.createQueryBuilder(LogEntry, 'entry').select('*').where(visible.ofEntries());
      const after = page.after?.id;
      const [last] = isUuid(after) ? await shown().andWhere({ id: after }).getResultList() : [];
      const entries = await shown()
        .andWhere(last ? afterEntry(last) : {})
        .orderBy(inLogOrder)
        .limit(page.first + 1)
        .getResultList();
      return { entries, verified: await runsHold(em, principal.tenantId, entries.slice(0, page.first)) };
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
  const proofs = await withNodes(em, (read) =>
    sealed.map((entry) => inclusionProof(entry.seq - 1, head.treeSize, read)),
  );
  return actions.every(({ id: actionId, lastEntry }) => {
    const trail = sealed.flatMap((entry, at) => (entry.actionId === actionId ? [withProof(entry, proofs[at])] : []));
    const { ok } = verifyActionTrail(trail, { tenantId, actionId, treeSize: head.treeSize, rootHash });
    return ok && trail.at(-1)?.entry.contentDigest === lastEntry;
  });
}

const withProof = (entry: SealedEntry, proof: readonly Digest[] | undefined) => ({ entry, proof: proof ?? [] });

/** Whether entries are sealed and sound, and each chained to the one before it, be that one shown or not. */
async function runsHold(em: EntityManager, tenantId: string, entries: readonly LogEntry[]): Promise<boolean> {
  const sealed = entries.map(asSealedEntry).filter((entry) => entry !== null);
  if (sealed.length === 0 || sealed.length !== entries.length) return false;
  const runs = consecutive(sealed);
  const seqs = runs.flatMap(([first]) => (first.seq > 1 ? [first.seq - 1] : []));
  const before = new Map(
    (await em.find(LogEntry, { tenantId, seq: { $in: seqs } })).map(({ seq, hash }) => [seq, hash]),
  );
  return runs.every((run) => {
    const [{ seq }] = run;
    if (seq === 1) return verifyLog(run, { tenantId }).ok;
    const hash = before.get(seq - 1);
    if (!hash) return false;
    return verifyLog(run, { tenantId, from: { tenantId, seq: seq - 1, hash, treeSize: seq - 1, frontier: [] } }).ok;
  });
}

type Run = [SealedEntry, ...SealedEntry[]];

/** Cut where entries are missing in between. */
function consecutive(entries: readonly SealedEntry[]): Run[] {
  const runs: Run[] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && run.at(-1)?.seq === entry.seq - 1) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
