import type { Database, EntityManager } from '../database/database.ts';
import { type DomainEvent, publish } from '../events/event.ts';
import { Loop } from '../events/loop.ts';
import type { Caller } from '../principal/origin.ts';
import type { Principal } from '../principal/principal.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DecisionContext } from './decision-context.ts';
import type { ObjectRef } from './declarations.ts';

/** One decision about who may do what. */
export interface AccessRecord {
  readonly permission: string;
  readonly object?: ObjectRef;
  readonly allowed: boolean;
  readonly by: 'rbac' | 'policy' | 'nothing' | 'error';
  /** The policy that decided, as `name version`. */
  readonly policy?: string;
  readonly reason?: string;
  /** What the decision looked at, where it had to look. */
  readonly seen?: { readonly attributes: Readonly<Record<string, unknown>>; readonly context: DecisionContext };
}

/** The payload of `AccessRefused`. */
export interface AccessRefused {
  readonly permission: string;
  readonly object: ObjectRef | null;
  readonly by: AccessRecord['by'];
  readonly policy: string | null;
  readonly reason: string | null;
  /** How often, where one was refused the same several times at once. */
  readonly times: number;
}

interface Counted {
  readonly record: AccessRecord;
  readonly origin: Caller;
  times: number;
  lastAt: Date;
}

const flushEveryMs = 1_000;
const mostKept = 5_000;

/**
 * Keeps what was decided: what a change of policies would have meant yesterday is replayed from it. Refusals are on disk,
 * and on their way to the decision log, before they are answered; those that come at once are written at once. What was
 * allowed is counted, and written every second: a process that is killed forgets its last one.
 */
export class AccessRecords {
  readonly #database: Database;
  readonly #loop: Loop;
  #allowed = new Map<string, Counted>();
  #refused = new Map<string, Counted>();
  #flushing: Promise<void> | undefined;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#loop = new Loop('access-records', () => this.#flushAllowed(), log, { intervalMs: flushEveryMs });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#flushAllowed();
  }

  allowed(origin: Caller, record: AccessRecord): void {
    if (!isRecorded(origin.principal)) return;
    count(this.#allowed, origin, record);
    if (this.#allowed.size >= mostKept) this.#loop.wake();
  }

  /** Answers once the refusal is on disk. */
  async refused(origin: Caller, record: AccessRecord): Promise<void> {
    if (!isRecorded(origin.principal)) return;
    count(this.#refused, origin, record);
    // Whoever comes while one batch is written is in the next one.
    if (this.#flushing) await this.#flushing.catch(() => {});
    this.#flushing ??= this.#flushRefused().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #flushAllowed(): Promise<boolean> {
    const counted = this.#allowed;
    this.#allowed = new Map();
    for (const [, group] of byTenant(counted)) {
      await this.#database.withTenant(group[0].origin.principal, (em) => write(em, group));
    }
    return false;
  }

  async #flushRefused(): Promise<void> {
    while (this.#refused.size > 0) {
      const counted = this.#refused;
      this.#refused = new Map();
      for (const [, group] of byTenant(counted)) {
        await this.#database.withTenant(group[0].origin.principal, async (em) => {
          await write(em, group);
          for (const { record, origin, times } of group)
            await publish(em, origin, 'AccessRefused', told(record, times));
        });
      }
    }
  }
}

/** Parts of the product act within what they were built to do: their decisions say nothing about a tenant's policies. */
const isRecorded = ({ kind }: Principal): boolean => kind !== 'service';

function count(into: Map<string, Counted>, origin: Caller, record: AccessRecord): void {
  const { principal } = origin;
  const { permission, object, allowed } = record;
  const key = [principal.tenantId, principal.kind, principal.id, permission, object?.type, object?.id, allowed].join(
    ' ',
  );
  const known = into.get(key);
  if (known) {
    known.times += 1;
    known.lastAt = new Date();
  } else into.set(key, { record, origin, times: 1, lastAt: new Date() });
}

type Group = [Counted, ...Counted[]];

function byTenant(counted: ReadonlyMap<string, Counted>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const each of counted.values()) {
    const { tenantId } = each.origin.principal;
    const group = groups.get(tenantId);
    if (group) group.push(each);
    else groups.set(tenantId, [each]);
  }
  return groups;
}

const told = ({ permission, object, by, policy, reason }: AccessRecord, times: number): AccessRefused => ({
  permission,
  object: object ?? null,
  by,
  policy: policy ?? null,
  reason: reason ?? null,
  times,
});

async function write(em: EntityManager, group: Group): Promise<void> {
  const rows = group.map(({ record, origin, times, lastAt }) => ({
    hour: new Date(Math.floor(lastAt.getTime() / 3_600_000) * 3_600_000).toISOString(),
    principal_kind: origin.principal.kind,
    principal_id: origin.principal.id,
    permission: record.permission,
    object_type: record.object?.type ?? '',
    object_id: record.object?.id ?? '',
    allowed: record.allowed,
    decided_by: record.by,
    policy: record.policy ?? null,
    times,
    last_at: lastAt.toISOString(),
    object: record.seen?.attributes ?? null,
    context: record.seen?.context ?? null,
  }));
  await em.execute(
    `insert into kernel.access_decision (tenant_id, hour, principal_kind, principal_id, permission, object_type,
       object_id, allowed, decided_by, policy, times, last_at, object, context)
     select ?::uuid, hour, principal_kind, principal_id, permission, object_type, object_id, allowed, decided_by, policy,
            times, last_at, object, context
     from jsonb_to_recordset(?::jsonb) as row (hour timestamptz, principal_kind text, principal_id text,
       permission text, object_type text, object_id text, allowed boolean, decided_by text, policy text, times integer,
       last_at timestamptz, object jsonb, context jsonb)
     on conflict (tenant_id, hour, principal_kind, principal_id, permission, object_type, object_id, allowed)
     do update set times = access_decision.times + excluded.times, last_at = excluded.last_at,
       decided_by = excluded.decided_by, policy = excluded.policy,
       object = coalesce(excluded.object, access_decision.object), context = coalesce(excluded.context, access_decision.context)`,
    [group[0].origin.principal.tenantId, JSON.stringify(rows)],
  );
}

/** What a consumer of `AccessRefused` gets. */
export type AccessRefusedEvent = DomainEvent<AccessRefused>;
