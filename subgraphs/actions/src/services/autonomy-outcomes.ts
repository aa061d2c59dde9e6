import type { EntityManager } from '@countersign/kernel';
import { type Counts, noCounts, type Rules, spikeSample, usualRules } from './autonomy/index.ts';

/** So many of the latest outcomes are looked at, however many there were: what lies further back says less. */
const mostLooked = 1_000;

const dayMs = 24 * 3_600_000;

/** From when on outcomes of a tool count. */
export const countedFrom = (countedSince: Date | null, { windowDays }: Rules, now: Date): Date =>
  new Date(Math.max(now.getTime() - windowDays * dayMs, countedSince?.getTime() ?? 0));

/** That somebody took it back, all of it or what could be had back. What was refused in part is done, and not clean. */
const takenBack = `(action.status in ('UNDOING', 'UNDONE') or exists (
  select from actions.action as undo
  where undo.id = action.undo_id and undo.status in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED')))`;

/** What came of a tool's actions, read from the actions themselves, so that no counter can drift from them. */
export async function outcomesOf(em: EntityManager, tool: string, since: Date): Promise<Counts> {
  const [counts]: Counts[] = await em.execute(
    `with done as (
       select status, edit_distance, ${takenBack} as reversed from actions.action
       where tenant_id = kernel.tenant_id() and tool = ? and undo_of_id is null
         and status in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'UNDOING', 'UNDONE') and done_at > ?
       order by done_at desc limit ${mostLooked}
     ), undone as (
       select action.status,
         exists (select from actions.approval as approval
                 where approval.action_id = action.id and approval.decision = 'REJECTED'
                   and approval.approver_id <> action.maker_id
                   and coalesce(approval.approver_person <> action.maker_person, true)) as by_another
       from actions.action as action
       where tenant_id = kernel.tenant_id() and tool = ? and undo_of_id is null
         and status in ('REJECTED', 'FAILED') and updated_at > ?
       order by updated_at desc limit ${mostLooked}
     )
     select
       (select count(*)::integer from done
        where not reversed and status = 'SUCCEEDED' and edit_distance is null) as clean,
       (select count(*)::integer from done
        where not reversed and (status <> 'SUCCEEDED' or edit_distance is not null)) as corrected,
       (select count(*)::integer from done where reversed) as reversed,
       (select count(*)::integer from undone where status = 'REJECTED' and by_another) as rejected,
       (select count(*)::integer from undone where status = 'FAILED') as failed`,
    [tool, since, tool, since],
  );
  return counts ?? noCounts;
}

/** Of the latest outcomes, the newest first, whether each was taken back. */
export async function latestOutcomes(em: EntityManager, tool: string, since: Date): Promise<boolean[]> {
  const rows: { reversed: boolean }[] = await em.execute(
    `select ${takenBack} as reversed from actions.action
     where tenant_id = kernel.tenant_id() and tool = ? and undo_of_id is null
       and status in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'UNDOING', 'UNDONE') and done_at > ?
     order by done_at desc limit ${spikeSample}`,
    [tool, since],
  );
  return rows.map(({ reversed }) => reversed);
}

/** One proposal more that was refused for its input. */
export async function tallyRefusal(em: EntityManager, tool: string, makerKind: string, now: Date): Promise<void> {
  await em.execute(
    `insert into actions.autonomy_refusal (tool, day, maker_kind, refused) values (?, ?::date, ?, 1)
     on conflict (tenant_id, tool, day, maker_kind) do update set refused = autonomy_refusal.refused + 1`,
    [tool, dayOf(now), makerKind],
  );
}

/** Proposals refused for their input, and those that were taken, today and yesterday (UTC). */
export async function refusalsOf(
  em: EntityManager,
  tool: string,
  { since, now }: { since: Date; now: Date },
): Promise<{ refused: number; proposed: number; byPeople: number }> {
  const from = dayOf(new Date(now.getTime() - dayMs));
  const takenSince = new Date(Math.max(Date.parse(from), since.getTime()));
  const [counts]: { refused: number; proposed: number; byPeople: number }[] = await em.execute(
    `select coalesce(sum(refused), 0)::integer as refused,
            coalesce(sum(refused) filter (where maker_kind = 'user'), 0)::integer as "byPeople",
            (select count(*)::integer from actions.action
             where tenant_id = kernel.tenant_id() and tool = ? and undo_of_id is null
               and created_at >= ?) as proposed
     from actions.autonomy_refusal where tool = ? and day >= ?::date`,
    [tool, takenSince, tool, from],
  );
  return counts ?? { refused: 0, proposed: 0, byPeople: 0 };
}

/** After a step down what was refused counts no more. */
export async function forgetRefusals(em: EntityManager, tool: string): Promise<void> {
  await em.execute('delete from actions.autonomy_refusal where tool = ?', [tool]);
}

/** The tenant's rules: its own numbers in the place of the usual ones. */
export async function rulesOf(em: EntityManager): Promise<Rules> {
  const [own]: { rules: Partial<Rules> }[] = await em.execute('select rules from actions.autonomy_rules');
  return { ...usualRules, ...own?.rules };
}

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);
