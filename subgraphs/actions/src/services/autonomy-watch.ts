import { type EntityManager, type EventOrigin, newId, publish } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import {
  below,
  type Cause,
  inForce,
  nextLevel,
  prospect,
  rank,
  refusalSpike,
  reversalSpike,
  STEP_DOWN_CAUSES,
  usualLevel,
} from './autonomy/index.ts';
import {
  countedFrom,
  forgetRefusals,
  latestOutcomes,
  outcomesOf,
  refusalsOf,
  rulesOf,
  tallyRefusal,
} from './autonomy-outcomes.ts';
import { readAutonomy, type Standing, storeStepDown, takeTool } from './autonomy-standing.ts';
import type { LogWriter } from './log-writer.ts';

type Of = Pick<Action, 'tool' | 'risk' | 'reversible'>;

/**
 * Something was done. Proposes the tool's promotion to an administrator, once, when that is what it was still short of;
 * promotes nothing. In the transaction of the outcome, like all that follows.
 */
export async function heedSuccess(em: EntityManager, origin: EventOrigin, log: LogWriter, of: Of): Promise<void> {
  const { settings, standings } = await readAutonomy(em, of.tool);
  const standing = standings.get(of.tool) ?? null;
  const earned = standing?.level ?? usualLevel;
  const wanted = nextLevel(of, earned);
  if (wanted === null) return;
  // What an administrator holds down needs no promotion.
  const held = inForce(of, settings, { level: wanted, lowered: false }).level;
  if (rank(held) < rank(wanted)) return;
  const [open] = await em.execute(`select from actions.autonomy_proposal where tool = ? and status = 'OPEN'`, [
    of.tool,
  ]);
  if (open) return;
  await em.flush();
  await takeTool(em, of.tool);
  const rules = await rulesOf(em);
  const now = log.now();
  const counts = await outcomesOf(em, of.tool, countedFrom(standing?.countedSince ?? null, rules, now));
  const found = prospect(of, earned, counts, rules);
  if (!found?.qualifies) return;
  const [proposal]: { id: string }[] = await em.execute(
    `insert into actions.autonomy_proposal (id, tool, from_level, to_level, status, opened_at)
     values (?, ?, ?, ?, 'OPEN', ?) on conflict do nothing returning id`,
    [newId(), of.tool, earned, found.next, now],
  );
  if (!proposal) return;
  const { reversalUpper, bar } = found;
  const between = { from: earned, to: found.next };
  const facts = { ...between, ...counts, reversalUpper, bound: bar.reversalRate, proposalId: proposal.id };
  record(em, origin, log, of.tool, { state: 'PROMOTION_PROPOSED', ...facts });
  await publish(em, origin, 'AutonomyPromotionProposed', { proposalId: proposal.id, tool: of.tool, ...between });
}

/** Something is being taken back. Steps its tool down at once where that makes a spike. */
export async function heedReversal(em: EntityManager, origin: EventOrigin, log: LogWriter, of: Of): Promise<void> {
  await em.flush();
  await takeTool(em, of.tool);
  const { standing, rules, since } = await lookAt(em, of.tool, log.now());
  const why = reversalSpike(await latestOutcomes(em, of.tool, since), rules);
  if (why) await stepDown(em, origin, log, of.tool, { standing, cause: 'REVERSAL_SPIKE', why });
}

/** A proposal was refused for its input. Counts it, and steps the tool down at once where that makes a spike. */
export async function heedRefusal(em: EntityManager, origin: EventOrigin, log: LogWriter, tool: string): Promise<void> {
  const now = log.now();
  await takeTool(em, tool);
  await tallyRefusal(em, tool, origin.principal.kind, now);
  const { standing, rules, since } = await lookAt(em, tool, now);
  const why = refusalSpike(await refusalsOf(em, tool, { since, now }), rules);
  if (why) await stepDown(em, origin, log, tool, { standing, cause: 'REFUSAL_SPIKE', why });
}

/** The tenant has used its budget up: nothing goes unattended any more, since nobody would see what it costs. */
export async function heedBudget(em: EntityManager, origin: EventOrigin, log: LogWriter): Promise<void> {
  const { standings } = await readAutonomy(em);
  const unattended = [...standings.values()].filter(({ level }) => level === 'UNATTENDED').map(({ tool }) => tool);
  // In one order everywhere, so that two who step down several do not wait for each other.
  for (const tool of unattended.sort()) {
    await takeTool(em, tool);
    const standing = (await readAutonomy(em, tool)).standings.get(tool) ?? null;
    if (standing?.level !== 'UNATTENDED') continue;
    await stepDown(em, origin, log, tool, {
      standing,
      cause: 'BUDGET_EXCEEDED',
      why: STEP_DOWN_CAUSES.BUDGET_EXCEEDED,
    });
  }
}

/** What is kept of a change of autonomy. */
export function record(
  em: EntityManager,
  origin: EventOrigin,
  log: LogWriter,
  name: string,
  facts: object,
  values: object = {},
): void {
  const subject = { type: 'Autonomy', id: name, name };
  log.appendGeneral(em, origin, 'CONFIGURATION', { facts: { subject, ...facts }, values });
}

async function lookAt(em: EntityManager, tool: string, now: Date) {
  const standing = (await readAutonomy(em, tool)).standings.get(tool) ?? null;
  const rules = await rulesOf(em);
  return { standing, rules, since: countedFrom(standing?.countedSince ?? null, rules, now) };
}

/** One level down, at once; whoever caused it stands in the log. The lowest level stays. */
async function stepDown(
  em: EntityManager,
  origin: EventOrigin,
  log: LogWriter,
  tool: string,
  { standing, cause, why }: { standing: Standing | null; cause: Cause; why: string },
): Promise<void> {
  const from = standing?.level ?? usualLevel;
  const to = below(from);
  if (to === null) return;
  const at = log.now();
  await storeStepDown(em, tool, { at, from, to, cause, reason: why });
  await forgetRefusals(em, tool);
  await em.execute(
    `update actions.autonomy_proposal set status = 'LAPSED', decided_at = ? where tool = ? and status = 'OPEN'`,
    [at, tool],
  );
  record(em, origin, log, tool, { state: 'LOWERED', from, to, cause, reason: why });
  await publish(em, origin, 'AutonomyLowered', { tool, from, to, cause, reason: why });
}
