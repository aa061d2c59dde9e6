import type { Database } from '@countersign/kernel';
import { LogEntry } from '../entities/log-entry.ts';
import { lockHead, storeSeals, tenantsToSeal } from '../statements.ts';
import { emptyHead, orderForSealing, seal } from './decision-log/index.ts';
import { asLogEntry } from './log-entry-form.ts';

const batch = 500;

/** Numbers, chains and puts into the tenants' Merkle trees what has been written since. One tenant, one transaction. */
export class LogSealer {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** True when there may be more. */
  async sealOutstanding(): Promise<boolean> {
    const tenants = await this.#database.asRole('sealer', tenantsToSeal);
    let more = false;
    for (const { tenantId } of tenants) more = (await this.#sealTenant(tenantId)) || more;
    return more;
  }

  #sealTenant(tenantId: string): Promise<boolean> {
    return this.#database.asRole('sealer', async (em) => {
      const head = await lockHead(em, emptyHead(tenantId));
      const rows = await em.find(
        LogEntry,
        { tenantId, seq: null },
        { orderBy: { occurredAt: 'asc', id: 'asc' }, limit: batch, disableIdentityMap: true },
      );
      if (rows.length === 0) return false;
      await storeSeals(em, seal(head, orderForSealing(rows.map(asLogEntry))));
      return rows.length === batch;
    });
  }
}
