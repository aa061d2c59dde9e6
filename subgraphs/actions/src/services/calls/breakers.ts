import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Database,
  type EntityManager,
  type EventOrigin,
  type Logger,
  newId,
  publish,
  servicePrincipal,
} from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { HealthState, ToolHealth } from '../../entities/tool-health.ts';
import { type SickTool, sickTools } from '../../statements.ts';
import type { LogWriter } from '../log-writer.ts';
import {
  afterNothing,
  afterProbe,
  type BreakerLimits,
  type CallKind,
  type Faults,
  type Health,
  isProbeDue,
  lets,
  noFaults,
  openedBy,
  probing,
  withFault,
  withSuccess,
} from './breaker.ts';

/** One tool of one tenant. */
export interface Whose {
  readonly tenantId: string;
  /** Connector and tool, such as `fhir.createServiceRequest`. */
  readonly tool: string;
}

/** How a call goes: not at all, as any other, or as the one that finds out. */
type Leave = { readonly held: Health } | { readonly held: null; readonly asProbe: boolean };

export interface BreakerParts {
  readonly database: Database;
  readonly log: LogWriter;
  readonly logger: Pick<Logger, 'warn'>;
  readonly limits: BreakerLimits;
  /** How long a probe may take, in milliseconds, before its caller is given up for lost. */
  readonly probeMs: number;
}

/**
 * Which tools are left alone, since when and till when. What all processes know is in the database and written when it
 * changes; each process keeps a copy of what is sick (`refresh`) and counts faults by itself, so that a call to what is
 * well costs nothing.
 */
export class Breakers {
  readonly #parts: BreakerParts;
  readonly #sick = new Map<string, Map<string, SickTool>>();
  readonly #faults = new Map<string, Faults>();
  /** The tool for which what is being done now is the probe. */
  readonly #probe = new AsyncLocalStorage<string>();

  constructor(parts: BreakerParts) {
    this.#parts = parts;
  }

  /** Learns what other processes found out. */
  async refresh(): Promise<boolean> {
    const rows = await this.#parts.database.asRole('worker', sickTools);
    const before = [...this.#sick.values()].flatMap((ofTenant) => [...ofTenant.values()]);
    this.#sick.clear();
    for (const row of rows) this.#learn(row, row);
    // Somebody else found it well again: what failed here before that counts no more.
    for (const whose of before) if (!this.#known(whose)) this.#faults.delete(keyOf(whose));
    return false;
  }

  /** What is sick of a tenant's, as far as this process knows. */
  sickOf(tenantId: string): readonly SickTool[] {
    return [...(this.#sick.get(tenantId)?.values() ?? [])];
  }

  /**
   * Does the work if the tool may be called to change something: as its probe, where it is time for one, and nobody else
   * is at it. Otherwise does what is to be done instead.
   */
  async whenWell<T>(whose: Whose, work: () => Promise<T>, instead: (health: Health) => Promise<T>): Promise<T> {
    const leave = await this.#leaveFor(whose, 'WRITES');
    if (leave.held) return instead(leave.held);
    if (!leave.asProbe || this.#probe.getStore() === keyOf(whose)) return work();
    try {
      return await this.#probe.run(keyOf(whose), work);
    } finally {
      await this.#quietly(() => this.#change(whose, (health, now) => this.#unlessTold(health, now)));
    }
  }

  /** Whether one call may go. */
  mayGo(whose: Whose, kind: CallKind): Promise<Leave> {
    return this.#leaveFor(whose, kind);
  }

  /** What a call told of the other side. */
  async told(whose: Whose, kind: CallKind, went: 'well' | { readonly ill: string } | 'nothing', asProbe: boolean) {
    if (asProbe) {
      await this.#quietly(() =>
        this.#change(whose, (health, now) => {
          if (went === 'nothing') return this.#probe.getStore() ? health : this.#unlessTold(health, now);
          return afterProbe(health, kind, went === 'well' ? 'well' : 'ill', now, this.#parts.limits);
        }),
      );
    }
    const key = keyOf(whose);
    if (went === 'nothing') return;
    if (went === 'well') {
      if (this.#faults.has(key)) this.#faults.set(key, withSuccess(this.#faults.get(key) ?? noFaults, kind));
      return;
    }
    const { limits, log } = this.#parts;
    const faults = withFault(this.#faults.get(key) ?? noFaults, kind, log.now(), limits);
    this.#faults.set(key, faults);
    const opened = openedBy(faults, went.ill, log.now(), limits);
    if (!opened || asProbe) return;
    const known = this.#known(whose);
    if (known && !lets(known, kind)) return;
    await this.#quietly(() => this.#open(whose, opened));
  }

  async #leaveFor(whose: Whose, kind: CallKind): Promise<Leave> {
    const known = this.#known(whose);
    if (!known) return { held: null, asProbe: false };
    if (this.#probe.getStore() === keyOf(whose)) return { held: null, asProbe: true };
    if (lets(known, kind)) return { held: null, asProbe: false };
    if (!isProbeDue(known, this.#parts.log.now())) return { held: known };
    let leave: Leave = { held: known };
    await this.#quietly(async () => {
      let found = leave;
      await this.#change(whose, (health, now) => {
        found = leaveAt(health, kind, now);
        return found.held || !found.asProbe ? health : probing(health, now, this.#parts.probeMs);
      });
      leave = found;
    });
    return leave;
  }

  #unlessTold(health: Health, now: Date): Health {
    return health.state === HealthState.HALF_OPEN ? afterNothing(health, now, this.#parts.limits) : health;
  }

  #open({ tenantId, tool }: Whose, opened: Health): Promise<void> {
    const { database, log } = this.#parts;
    const origin = originFor(tenantId);
    return database.withTenant(origin.principal, async (em) => {
      const [connector = ''] = tool.split('.');
      const row =
        (await lockHealth(em, tool)) ??
        em.create(ToolHealth, { id: newId(), tenantId, connector, tool, ...opened, state: HealthState.CLOSED });
      em.persist(row);
      if (row.state === HealthState.CLOSED) {
        Object.assign(row, opened);
        const { reason, failures, readsFail, writesFail } = opened;
        const facts = { subject: 'connector', state: 'DEGRADED', connector, tool, reason, failures };
        log.appendGeneral(em, origin, 'HEALTH', { facts: { ...facts, readsFail, writesFail } });
        await publish(em, origin, 'ConnectorDegraded', { connector, tool, reason, since: row.since.toISOString() });
      } else {
        row.readsFail ||= opened.readsFail;
        row.writesFail ||= opened.writesFail;
      }
      this.#learn({ tenantId, tool }, row);
    });
  }

  /** Takes the tool's row to where `next` says, if it has one. */
  #change({ tenantId, tool }: Whose, next: (health: Health, now: Date) => Health): Promise<void> {
    const { database, log } = this.#parts;
    const origin = originFor(tenantId);
    return database.withTenant(origin.principal, async (em) => {
      const row = await lockHealth(em, tool);
      if (!row) return;
      const { connector, state, since } = row;
      Object.assign(row, next(row, log.now()));
      if (state !== HealthState.CLOSED && row.state === HealthState.CLOSED) {
        this.#faults.delete(keyOf({ tenantId, tool }));
        const facts = { subject: 'connector', state: 'RECOVERED', connector, tool, since: since.toISOString() };
        log.appendGeneral(em, origin, 'HEALTH', { facts });
        await publish(em, origin, 'ConnectorRecovered', { connector, tool, since: since.toISOString() });
      }
      this.#learn({ tenantId, tool }, row);
    });
  }

  #known({ tenantId, tool }: Whose): SickTool | undefined {
    return this.#sick.get(tenantId)?.get(tool);
  }

  #learn({ tenantId, tool }: Whose, health: Health): void {
    const ofTenant = this.#sick.get(tenantId) ?? new Map<string, SickTool>();
    this.#sick.set(tenantId, ofTenant);
    const { state, readsFail, writesFail, reason, failures, probes, since, nextProbeAt } = health;
    const kept = { state, readsFail, writesFail, reason, failures, probes, since, nextProbeAt };
    if (state === HealthState.CLOSED) ofTenant.delete(tool);
    else ofTenant.set(tool, { tenantId, tool, ...kept });
    if (ofTenant.size === 0) this.#sick.delete(tenantId);
  }

  /** What a call brought back is not lost over what is kept about it. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      this.#parts.logger.warn({ err: error }, 'What is known of a connector could not be kept');
    });
  }
}

function leaveAt(health: Health, kind: CallKind, now: Date): Leave {
  if (lets(health, kind)) return { held: null, asProbe: false };
  return isProbeDue(health, now) ? { held: null, asProbe: true } : { held: { ...health } };
}

const keyOf = ({ tenantId, tool }: Whose): string => `${tenantId} ${tool}`;

const originFor = (tenantId: string): EventOrigin => ({
  principal: servicePrincipal(tenantId, 'actions.health', []),
  correlationId: newId(),
});

const lockHealth = (em: EntityManager, tool: string): Promise<ToolHealth | null> =>
  em.findOne(ToolHealth, { tool }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
