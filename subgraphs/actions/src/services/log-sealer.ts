import type { KeyObject } from 'node:crypto';
import type { Database } from '@countersign/kernel';
import { LogEntry } from '../entities/log-entry.ts';
import { lockHead, storeSeals, storeTreeHead, tenantsToSeal } from '../statements.ts';
import { type Crash, noCrash } from './crash-points.ts';
import { emptyHead, orderForSealing, rootOf, seal, signTreeHead } from './decision-log/index.ts';
import { asLogEntry } from './log-entry-form.ts';
import type { LogSigner } from './log-signer.ts';

const batch = 500;

/**
 * Numbers, chains and puts into the tenants' Merkle trees what has been written since, and signs where each tree then
 * stands. One tenant, one transaction.
 */
export class LogSealer {
  readonly #database: Database;
  readonly #signer: LogSigner;
  readonly #now: () => Date;
  readonly #crash: Crash;

  constructor(parts: { database: Database; signer: LogSigner; now: () => Date; crash?: Crash }) {
    this.#database = parts.database;
    this.#signer = parts.signer;
    this.#now = parts.now;
    this.#crash = parts.crash ?? noCrash;
  }

  /** True when there may be more. */
  async sealOutstanding(): Promise<boolean> {
    const tenants = await this.#database.asRole('sealer', tenantsToSeal);
    if (tenants.length === 0) return false;
    const key = await this.#signer.key();
    let more = false;
    for (const { tenantId } of tenants) more = (await this.#sealTenant(tenantId, key)) || more;
    return more;
  }

  #sealTenant(tenantId: string, key: KeyObject | null): Promise<boolean> {
    return this.#database.asRole('sealer', async (em) => {
      const head = await lockHead(em, emptyHead(tenantId));
      const rows = await em.find(
        LogEntry,
        { tenantId, seq: null },
        { orderBy: { occurredAt: 'asc', id: 'asc' }, limit: batch, disableIdentityMap: true },
      );
      if (rows.length === 0) return false;
      const seals = seal(head, orderForSealing(rows.map(asLogEntry)));
      this.#crash('sealing');
      storeSeals(em, seals);
      this.#crash('sealed');
      const { treeSize, frontier } = seals.head;
      const rootHash = rootOf({ size: treeSize, roots: frontier });
      if (key) storeTreeHead(em, signTreeHead({ tenantId, treeSize, rootHash, sealedAt: this.#now() }, key));
      return rows.length === batch;
    });
  }
}
