import type { EntityManager } from './database.ts';
import { sendLast } from './session.ts';

/**
 * Leaves a statement for the end of the open transaction: it is sent together with the commit, and takes no turn of its
 * own. For what the transaction itself does not read again.
 */
export const writeLast = (em: EntityManager, statement: string, values: readonly unknown[]): void =>
  sendLast(em.getPlatform().formatQuery(statement, values));
