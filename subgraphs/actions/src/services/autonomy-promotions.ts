import {
  type Access,
  type Database,
  type EntityManager,
  isUuid,
  personOf,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { AutonomyProposal } from '../entities/autonomy-proposal.ts';
import { explainProspect, prospect, usualLevel } from './autonomy/index.ts';
import { countedFrom, outcomesOf, rulesOf } from './autonomy-outcomes.ts';
import { countAnew, readAutonomy, storePromotion, takeTool } from './autonomy-standing.ts';
import { record } from './autonomy-watch.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import { measured, type ToolCatalogue } from './tool-catalogue.ts';

export const administerAutonomy = 'actions:autonomy:administer';

export interface PromotionDecision {
  readonly proposalId: string;
  readonly accept: boolean;
  readonly reason: string;
}

/** A tool goes further only when an administrator says so, by what its outcomes are at that moment. */
export class AutonomyPromotions {
  readonly #database: Database;
  readonly #access: Access;
  readonly #catalogue: ToolCatalogue;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; access: Access; catalogue: ToolCatalogue; log: LogWriter }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#catalogue = parts.catalogue;
    this.#log = parts.log;
  }

  /**
   * Declined, what counts begins anew. Throws `FORBIDDEN`; refuses with `REASON_REQUIRED`, `PERSON_REQUIRED`,
   * `AUTONOMY_PROPOSAL_NOT_FOUND`, `AUTONOMY_PROPOSAL_DECIDED`, `AUTONOMY_NOT_EARNED` where it does not hold any more.
   */
  decide(decision: PromotionDecision, caller: RequestContext): Promise<AutonomyProposal> {
    const reason = checkReason(decision.reason);
    return this.#database.withTenant(caller.principal, async (em) => {
      const { tenantId } = caller.principal;
      const principal = await this.#access.checkIn(em, caller, administerAutonomy, { type: 'Tenant', id: tenantId });
      if (personOf(principal) === undefined) {
        throw problem('PERSON_REQUIRED', 'A person decides how far a tool goes, and no machine.', ['input']);
      }
      const { tool } = await insistProposal(em, decision.proposalId);
      await takeTool(em, tool);
      const proposal = await lockOpen(em, decision.proposalId);
      const { fromLevel: from, toLevel: to, id: proposalId } = proposal;
      const now = this.#log.now();
      if (decision.accept) {
        await this.#insistEarned(em, proposal, now);
        await storePromotion(em, tool, to, now);
      } else {
        await countAnew(em, tool, from, now);
      }
      const status = decision.accept ? 'ACCEPTED' : 'DECLINED';
      const by = { decidedByKind: principal.kind, decidedById: principal.id };
      em.assign(proposal, { status, decidedAt: now, reason, ...by });
      const context = { ...caller, principal };
      record(em, context, this.#log, tool, { state: `PROMOTION_${status}`, from, to, proposalId }, { reason });
      const { accept: accepted } = decision;
      await publish(em, context, 'AutonomyPromotionDecided', { proposalId, tool, from, to, accepted });
      await em.flush();
      return proposal;
    });
  }

  async #insistEarned(em: EntityManager, { tool, toLevel }: AutonomyProposal, now: Date): Promise<void> {
    const known = measured(this.#catalogue.insistTool(tool));
    const standing = (await readAutonomy(em, tool)).standings.get(tool) ?? null;
    const rules = await rulesOf(em);
    const counts = await outcomesOf(em, tool, countedFrom(standing?.countedSince ?? null, rules, now));
    const found = prospect(known, standing?.level ?? usualLevel, counts, rules);
    if (found?.qualifies && found.next === toLevel) return;
    const takes = found ? explainProspect(found) : [`${tool} goes no further.`];
    const message = [`By now ${tool} has not earned ${toLevel}.`, ...takes].join(' ');
    throw problem('AUTONOMY_NOT_EARNED', message, ['input', 'proposalId'], { needed: found?.needed ?? null });
  }
}

async function insistProposal(em: EntityManager, id: string): Promise<AutonomyProposal> {
  const proposal = isUuid(id) ? await em.findOne(AutonomyProposal, { id }) : null;
  if (proposal) return proposal;
  throw problem('AUTONOMY_PROPOSAL_NOT_FOUND', 'There is no such proposal.', ['input', 'proposalId']);
}

async function lockOpen(em: EntityManager, id: string): Promise<AutonomyProposal> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const proposal = await em.findOneOrFail(AutonomyProposal, { id }, lock);
  const { status } = proposal;
  if (status === 'OPEN') return proposal;
  throw problem('AUTONOMY_PROPOSAL_DECIDED', `The proposal is ${status} already.`, ['input', 'proposalId'], { status });
}
