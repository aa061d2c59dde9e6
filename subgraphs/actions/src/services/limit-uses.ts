import type { EntityManager } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { type Gate, type Limit, type LimitUse, risksFrom, type Use } from './gates/index.ts';

/** The action that is to fit; it does not count itself. */
export type Measured = Pick<Action, 'id' | 'tool' | 'makerId' | 'makerPerson'>;

/** From here on nobody else of the tenant takes room under its limits, until the transaction ends. */
export async function takeLimits(em: EntityManager): Promise<void> {
  await em.execute(`select pg_advisory_xact_lock(hashtext('actions.limits ' || current_setting('app.tenant_id')))`);
}

/**
 * What is used of each limit by the other actions that its gate is about: held without an end from the proposal on,
 * from the effect on for the length of the window, and released when it is refused, expires, or has failed and is not tried again. An undo does not
 * give back: money that moves back has moved.
 */
export function limitUses(
  em: EntityManager,
  limits: readonly Limit[],
  gates: readonly Gate[],
  { action, now }: { action: Measured; now: Date },
): Promise<LimitUse[]> {
  return Promise.all(
    limits.map(async (limit) => {
      if (limit.kind === 'AMOUNT') return { limit, used: [] };
      const gate = gates.find(({ id }) => id === limit.gate.id);
      return { limit, used: gate ? await usesOf(em, limit, gate, { action, now }) : [] };
    }),
  );
}

async function usesOf(
  em: EntityManager,
  limit: Exclude<Limit, { kind: 'AMOUNT' }>,
  { tools, minRisk }: Gate,
  { action, now }: { action: Measured; now: Date },
): Promise<Use[]> {
  const rows: { at: Date | string | null; amount: string | null; currency: string | null; count: number }[] =
    await em.execute(
      `select action.done_at as at, sum(abs(action.amount))::text as amount, action.currency, count(*)::integer as count
       from actions.action as action
       where action.undo_of_id is null and action.id <> ?::uuid
         and action.status not in ('PROPOSED', 'DENIED', 'REJECTED', 'EXPIRED')
         and (action.status <> 'FAILED' or action.retry_at is not null or action.lease_until > ?)
         and (action.done_at is null or action.done_at > ?)
         and (? or action.tool in (select jsonb_array_elements_text(?::jsonb))
                or action.connector in (select jsonb_array_elements_text(?::jsonb)))
         and action.risk in (select jsonb_array_elements_text(?::jsonb))
         and (? <> 'TOOL' or action.tool = ?)
         and (? <> 'USER' or coalesce(action.maker_person, action.maker_id) = ?)
       group by action.done_at, action.currency`,
      [
        action.id,
        now,
        new Date(now.getTime() - limit.windowMs),
        tools.includes('*'),
        JSON.stringify(tools),
        JSON.stringify(tools.filter((each) => each.endsWith('.*')).map((each) => each.slice(0, -2))),
        JSON.stringify(risksFrom(minRisk)),
        limit.per,
        action.tool,
        limit.per,
        action.makerPerson ?? action.makerId,
      ],
    );
  return rows.map(({ at, ...use }) => ({ ...use, at: at === null ? null : new Date(at) }));
}
