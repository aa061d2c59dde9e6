import {
  type Access,
  CountersignError,
  type Database,
  type EntityManager,
  isUuid,
  type Page,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { LogEntry } from '../entities/log-entry.ts';
import { LogHead } from '../entities/log-head.ts';
import type { LogKey } from '../entities/log-key.ts';
import { TreeHead } from '../entities/tree-head.ts';
import { publicLogKeys, treeNodes } from '../statements.ts';
import {
  consistencyProof,
  type Digest,
  frontierAt,
  inclusionProof,
  leafHash,
  nodesNeeded,
  type ReadNode,
  readNodes,
  rootOf,
} from './decision-log/index.ts';
import { noSuchAction } from './load-actions.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** That an entry is in the tree of a signed head. */
export interface EntryProof {
  readonly entryId: string;
  readonly seq: number;
  readonly hash: Digest;
  readonly leafHash: Digest;
  /** From the leaf's sibling up, as RFC 9162 2.1.3.1 makes it. */
  readonly proof: readonly Digest[];
}

export interface ActionProof {
  readonly head: TreeHead;
  readonly entries: readonly EntryProof[];
}

export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Digest;
  readonly toRoot: Digest;
  /** RFC 9162 2.1.4.1. */
  readonly proof: readonly Digest[];
}

/** What the log proves to whoever does not trust the server: signed heads, and proofs that lead to them. */
export class LogProofs {
  readonly #database: Database;
  readonly #access: Access;

  constructor(database: Database, access: Access) {
    this.#database = database;
    this.#access = access;
  }

  /** Up to `first + 1` signed heads, the newest first. Throws `BAD_REQUEST` for a cursor of another list. */
  heads({ principal }: Viewer, { first, after }: Page): Promise<TreeHead[]> {
    const size = Number(after?.treeSize);
    if (after && !(Number.isSafeInteger(size) && Math.abs(size) < 2 ** 31)) {
      throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list; use one that it returned.');
    }
    const older = after ? { treeSize: { $lt: size } } : {};
    return this.#database.read(principal, (em) =>
      em.find(TreeHead, older, { orderBy: { treeSize: 'desc' }, limit: first + 1 }),
    );
  }

  /** The public keys of all that ever signed. */
  keys({ principal }: Viewer): Promise<LogKey[]> {
    return this.#database.read(principal, publicLogKeys);
  }

  /**
   * That what the log has of an action and of its undos, as far as the viewer may see them, is in the tree of the newest
   * signed head. Null while nothing is signed. Throws `NOT_FOUND`.
   */
  ofAction(viewer: Viewer, actionId: string): Promise<ActionProof | null> {
    return this.#database.read(viewer.principal, async (em) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      if (!isUuid(actionId) || !(await visible.among([actionId])).has(actionId)) throw noSuchAction();
      const undos = await em.find(Action, { undoOfId: actionId });
      const shown = [actionId, ...(await visible.among(undos.map(({ id }) => id)))];
      const [head] = await em.find(TreeHead, {}, { orderBy: { treeSize: 'desc' }, limit: 1 });
      if (!head) return null;
      const where = { actionId: { $in: shown }, seq: { $lte: head.treeSize } };
      const entries = await em.find(LogEntry, where, { orderBy: { seq: 'asc' } });
      return { head, entries: await proofsOf(em, entries, head.treeSize) };
    });
  }

  /** That the log of `to` entries begins with that of `from` entries. Throws `BAD_REQUEST` for sizes out of range. */
  consistency({ principal }: Viewer, from: number, to: number): Promise<ConsistencyProof> {
    return this.#database.read(principal, async (em) => {
      const head = await em.findOne(LogHead, { tenantId: principal.tenantId });
      const size = head?.treeSize ?? 0;
      if (from < 0 || from > to || to > size) {
        throw new CountersignError('BAD_REQUEST', `\`from\` and \`to\` must be sizes in order, from 0 to ${size}.`);
      }
      return withNodes(em, (read) => ({
        from,
        to,
        fromRoot: rootOf(frontierAt(from, read)),
        toRoot: rootOf(frontierAt(to, read)),
        proof: consistencyProof(from, to, read),
      }));
    });
  }
}

function proofsOf(em: EntityManager, entries: readonly LogEntry[], size: number): Promise<EntryProof[]> {
  return withNodes(em, (read) =>
    entries.flatMap(({ id, seq, hash }) =>
      seq === null || hash === null
        ? []
        : [{ entryId: id, seq, hash, leafHash: leafHash(hash), proof: inclusionProof(seq - 1, size, read) }],
    ),
  );
}

/** Makes something of the tree's nodes, which are read in one statement. */
export async function withNodes<T>(em: EntityManager, make: (read: ReadNode) => T): Promise<T> {
  return make(readNodes(await treeNodes(em, nodesNeeded(make))));
}
