import {
  type Database,
  holds,
  inOrder,
  isUuid,
  newId,
  type Principal,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import { Answer } from '../entities/answer.ts';
import type { InferenceUsed } from '../events.ts';

/** What is known of an answer before it is stored: all but what says whose it is and where it came from. */
export type AnswerDraft = Pick<
  Answer,
  | 'question'
  | 'status'
  | 'text'
  | 'confidence'
  | 'refusalCode'
  | 'refusalReason'
  | 'citations'
  | 'route'
  | 'attempts'
  | 'createdAt'
>;

/** Answers as they were given: who asked reads them again, an auditor reads them all. */
export class AnswerRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores an answer as the caller's, and tells what it used with `InferenceUsed`, in one transaction. */
  add(draft: AnswerDraft, context: RequestContext): Promise<Answer> {
    const { principal, correlationId, workflow = null, surface = null } = context;
    return this.#database.withTenant(principal, async (em) => {
      const answer = em.create(Answer, {
        ...draft,
        id: newId(),
        tenantId: principal.tenantId,
        askedByKind: principal.kind,
        askedById: principal.id,
        correlationId,
        workflow,
        surface,
      });
      em.persist(answer);
      await em.flush();
      await publish(em, context, 'InferenceUsed', usedBy(answer));
      return answer;
    });
  }

  /** The answer, or null when there is none that the caller may know of. */
  async find(principal: Principal, id: string): Promise<Answer | null> {
    const [answer] = await this.findAll(principal, [id]);
    return answer ?? null;
  }

  /** Answers by id, in the order of the ids; null for those that do not exist or that the caller may not know of. */
  async findAll(principal: Principal, ids: readonly string[]): Promise<(Answer | null)[]> {
    const wanted = { id: { $in: ids.filter(isUuid) }, ...visibleTo(principal) };
    const answers = await this.#database.read(principal, (em) => em.find(Answer, wanted));
    return inOrder(ids, answers);
  }
}

const visibleTo = (principal: Principal): Partial<Pick<Answer, 'askedByKind' | 'askedById'>> =>
  holds(principal, 'inference:answer:audit') ? {} : { askedByKind: principal.kind, askedById: principal.id };

const usedBy = ({ id, status, attempts }: Answer): InferenceUsed => ({
  answerId: id,
  status,
  attempts: attempts.map(({ tier, provider, model, inputTokens, outputTokens, computeMs, costUsd }) => ({
    tier,
    provider,
    model,
    inputTokens,
    outputTokens,
    computeMs,
    costUsd,
  })),
});
