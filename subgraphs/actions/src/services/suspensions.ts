import {
  type Database,
  type EntityManager,
  type EventOrigin,
  newId,
  type Principal,
  problem,
} from '@countersign/kernel';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { Suspension, SuspensionScope } from '../entities/suspension.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import { ordersOf, type Stop } from './standing-orders.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';

/** What to stop, or to let go on: everything where neither is named, and not both. */
export interface Covered {
  readonly connector: string | null;
  readonly tool: string | null;
}

/** The switch that stops everything, or a part of it. Asked in the transaction that begins, so that it holds at once. */
export class Suspensions {
  readonly #database: Database;
  readonly #catalogue: ToolCatalogue;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; catalogue: ToolCatalogue; log: LogWriter }) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#log = parts.log;
  }

  /** Those in force, the latest first. */
  all(principal: Principal): Promise<Suspension[]> {
    return this.#database.read(principal, (em) => em.find(Suspension, {}, { orderBy: { since: 'desc', id: 'desc' } }));
  }

  /**
   * From the end of it on nothing that it covers is begun; what is under way is brought to its end. What is stopped
   * already stays so, with its first reason. Refuses with `TOOL_NOT_FOUND`, `CONNECTOR_UNKNOWN`, `REASON_REQUIRED`.
   */
  async suspend(covered: Covered, reason: string, origin: EventOrigin): Promise<Suspension> {
    const because = checkReason(reason);
    const known = this.#known(covered);
    try {
      return await this.#stop(known, because, origin);
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // Somebody stopped it at the same time, and was first.
      return this.#stop(known, because, origin);
    }
  }

  #stop(
    { scope, name }: Pick<Suspension, 'scope' | 'name'>,
    because: string,
    origin: EventOrigin,
  ): Promise<Suspension> {
    return this.#database.withTenant(origin.principal, async (em) => {
      const standing = await em.findOne(Suspension, { scope, name });
      if (standing) return standing;
      const { tenantId, kind: suspendedByKind, id: suspendedById } = origin.principal;
      const by = { suspendedByKind, suspendedById, since: this.#log.now() };
      const suspension = em.create(Suspension, { id: newId(), tenantId, scope, name, reason: because, ...by });
      em.persist(suspension);
      this.#record(em, origin, { state: 'SUSPENDED', scope, name }, because);
      return suspension;
    });
  }

  /** Lets it go on. Answers whether it was stopped. Refuses like `suspend`. */
  resume(covered: Covered, reason: string, origin: EventOrigin): Promise<boolean> {
    const because = checkReason(reason);
    const { scope, name } = this.#known(covered);
    return this.#database.withTenant(origin.principal, async (em) => {
      const standing = await em.findOne(Suspension, { scope, name });
      if (!standing) return false;
      em.remove(standing);
      this.#record(em, origin, { state: 'RESUMED', scope, name }, because);
      return true;
    });
  }

  #record(em: EntityManager, origin: EventOrigin, facts: object, reason: string): void {
    this.#log.appendGeneral(em, origin, 'CONFIGURATION', {
      facts: { subject: 'suspension', ...facts },
      values: { reason },
    });
  }

  #known({ connector, tool }: Covered): Pick<Suspension, 'scope' | 'name'> {
    if (tool !== null && connector !== null) {
      throw problem('SCOPE_INVALID', 'Name a tool, or a connector, or neither for everything; not both.', ['input']);
    }
    if (tool !== null) return { scope: SuspensionScope.TOOL, name: this.#catalogue.insistNamed(tool).name };
    if (connector === null) return { scope: SuspensionScope.TENANT, name: '*' };
    return { scope: SuspensionScope.CONNECTOR, name: this.#catalogue.insistConnector(connector).manifest.name };
  }
}

/** What stops the tool, of the tenant whose transaction it is: the widest first. */
export async function suspensionOf(em: EntityManager, tool: string): Promise<Stop | null> {
  const { suspensions } = await ordersOf(em);
  if (suspensions.length === 0) return null;
  const [connector = ''] = tool.split('.');
  const covers =
    (widest: SuspensionScope, of: string) =>
    ({ scope, name }: Stop) =>
      scope === widest && name === of;
  return (
    suspensions.find(covers(SuspensionScope.TENANT, '*')) ??
    suspensions.find(covers(SuspensionScope.CONNECTOR, connector)) ??
    suspensions.find(covers(SuspensionScope.TOOL, tool)) ??
    null
  );
}

/** Refuses with `SUSPENDED`. */
export async function insistNotSuspended(em: EntityManager, tool: string): Promise<void> {
  const suspension = await suspensionOf(em, tool);
  if (!suspension) return;
  const { scope, name, reason, since } = suspension;
  const what = scope === SuspensionScope.TENANT ? 'All actions are' : `Actions of ${name} are`;
  const message = `${what} suspended since ${since.toISOString()}: ${reason}`;
  throw problem('SUSPENDED', message, ['input', 'actionId'], { scope, name, since: since.toISOString() });
}
