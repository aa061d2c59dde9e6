import type { EntityManager } from '@countersign/kernel';
import type { Earned, Level, Setting } from './autonomy/index.ts';
import type { Cause } from './autonomy/step-down.ts';

/** What a tool has earned or lost, as it stands there. */
export interface Standing extends Earned {
  readonly tool: string;
  /** From when on outcomes count. */
  readonly countedSince: Date;
  readonly lastStepDown: StepDown | null;
}

export interface StepDown {
  readonly at: Date;
  readonly from: Level;
  readonly to: Level;
  readonly cause: Cause;
  readonly reason: string;
}

/** All that is set, and what all tools, or the one, have earned, in one statement. */
export async function readAutonomy(
  em: EntityManager,
  tool: string | null = null,
): Promise<{ settings: Setting[]; standings: ReadonlyMap<string, Standing> }> {
  const rows: Row[] = await em.execute(
    `select scope, name, level, null as earned from actions.autonomy_setting
     union all
     select null, tool, level, to_jsonb(standing) from actions.autonomy_standing as standing
     where ?::text is null or tool = ?`,
    [tool, tool],
  );
  const settings = rows.flatMap(({ scope, name, level }) => (scope === null ? [] : [{ scope, name, level }]));
  const standings = rows.flatMap(({ earned }) => (earned === null ? [] : [asStanding(earned)]));
  return { settings, standings: new Map(standings.map((each) => [each.tool, each])) };
}

/** One after the other from here on, until the transaction ends: whoever looks at a tool's outcomes sees all of them. */
export const takeTool = (em: EntityManager, tool: string): Promise<void> => takeTurn(em, `tool ${tool}`);

/** The same for whatever else of the tenant's is read before it is changed. */
export async function takeTurn(em: EntityManager, what: string): Promise<void> {
  await em.execute(
    `select pg_advisory_xact_lock(hashtext('actions.autonomy ' || current_setting('app.tenant_id') || ' ' || ?))`,
    [what],
  );
}

/** Writes down that a tool was stepped down; what counts begins anew. */
export async function storeStepDown(
  em: EntityManager,
  tool: string,
  { at, from, to, ...why }: StepDown,
): Promise<void> {
  await em.execute(
    `insert into actions.autonomy_standing
       (tool, level, counted_since, lowered_at, lowered_from, lowered_to, lowered_cause, lowered_reason)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (tenant_id, tool) do update set
       level = excluded.level, counted_since = excluded.counted_since, lowered_at = excluded.lowered_at,
       lowered_from = excluded.lowered_from, lowered_to = excluded.lowered_to,
       lowered_cause = excluded.lowered_cause, lowered_reason = excluded.lowered_reason`,
    [tool, to, at, at, from, to, why.cause, why.reason],
  );
}

export async function storePromotion(em: EntityManager, tool: string, to: Level, at: Date): Promise<void> {
  await em.execute(
    `insert into actions.autonomy_standing (tool, level, counted_since, promoted_at) values (?, ?, '-infinity', ?)
     on conflict (tenant_id, tool) do update set level = excluded.level, promoted_at = excluded.promoted_at`,
    [tool, to, at],
  );
}

/** It stays where it is, and has to earn the next level anew. */
export async function countAnew(em: EntityManager, tool: string, level: Level, at: Date): Promise<void> {
  await em.execute(
    `insert into actions.autonomy_standing (tool, level, counted_since) values (?, ?, ?)
     on conflict (tenant_id, tool) do update set counted_since = excluded.counted_since`,
    [tool, level, at],
  );
}

interface Row {
  readonly scope: Setting['scope'] | null;
  readonly name: string;
  readonly level: Level;
  readonly earned: Stored | null;
}

/** A row as `to_jsonb` writes it. */
interface Stored {
  readonly tool: string;
  readonly level: Level;
  readonly counted_since: string;
  readonly promoted_at: string | null;
  readonly lowered_at: string | null;
  readonly lowered_from: Level | null;
  readonly lowered_to: Level | null;
  readonly lowered_cause: Cause | null;
  readonly lowered_reason: string | null;
}

function asStanding(stored: Stored): Standing {
  const { tool, level, lowered_from: from, lowered_to: to, lowered_cause: cause, lowered_reason: reason } = stored;
  const loweredAt = stored.lowered_at === null ? null : new Date(stored.lowered_at);
  const promotedAt = stored.promoted_at === null ? null : new Date(stored.promoted_at);
  return {
    tool,
    level,
    lowered: loweredAt !== null && (promotedAt === null || promotedAt < loweredAt),
    countedSince: stored.counted_since === '-infinity' ? new Date(0) : new Date(stored.counted_since),
    lastStepDown: loweredAt && from && to && cause && reason ? { at: loweredAt, from, to, cause, reason } : null,
  };
}
