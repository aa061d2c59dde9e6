import type { GraphClient, RequestContext } from '@countersign/kernel';
import { type Answer, AnswerStatus } from '../entities/answer.ts';
import type { Citation } from '../entities/citation.ts';
import type { AnswerDraft, AnswerRecords } from './answer-records.ts';
import type { AnswerProvider, ProviderErrorCode } from './providers/provider.ts';
import { parseQuestion } from './question.ts';
import { refusalOf } from './refusal.ts';
import { type Attempt, createRouter, type RoutedAnswer } from './router.ts';
import { gatherSources, type Source } from './sources.ts';

/** Answers questions from what the asker may read, in words that are borne out by quotes, or refuses and says why. */
export class GroundedAnswers {
  readonly #graph: GraphClient;
  readonly #records: AnswerRecords;
  readonly #route: ReturnType<typeof createRouter>;
  readonly #now: () => Date;

  constructor(graph: GraphClient, records: AnswerRecords, providers: readonly AnswerProvider[], now: () => Date) {
    this.#graph = graph;
    this.#records = records;
    this.#route = createRouter({ providers });
    this.#now = now;
  }

  /**
   * Answers a question as the caller, and stores what came of it: a refusal is an answer too, and has its cost. The
   * sources are read and the models asked before the transaction that stores it, never inside one.
   */
  async answer(text: string, context: RequestContext): Promise<Answer> {
    const question = parseQuestion(text);
    const { passages, retrievalConfidence } = await gatherSources(this.#graph, question, context);
    const routed = await this.#route({ question, passages, retrievalConfidence });
    reportFailures(routed.attempts, context);
    return this.#records.add({ question, ...drafted(routed, passages), createdAt: this.#now() }, context);
  }
}

function drafted(routed: RoutedAnswer, passages: readonly Source[]): Omit<AnswerDraft, 'question' | 'createdAt'> {
  const { route } = routed;
  const attempts = routed.attempts.map(({ usage, ...attempt }) => ({ ...attempt, ...usage }));
  const refusal = refusalOf(routed);
  if (refusal) {
    return { status: AnswerStatus.REFUSED, text: null, confidence: null, ...refusal, citations: [], route, attempts };
  }
  return {
    status: AnswerStatus.ANSWERED,
    text: routed.text.replaceAll('\0', ''), // The one text that a model wrote, and no text in the database holds a NUL.
    confidence: routed.confidence,
    refusalCode: null,
    refusalReason: null,
    citations: citationsOf(routed, passages),
    route,
    attempts,
  };
}

function citationsOf({ citations }: RoutedAnswer, passages: readonly Source[]): Citation[] {
  const documents = new Map(passages.map(({ id, documentId }) => [id, documentId]));
  return citations.map(({ passageId, ...place }) => {
    const documentId = documents.get(passageId);
    if (!documentId) throw new TypeError('A citation of a passage that was not among the sources.');
    return { ...place, document: { id: documentId }, passage: { id: passageId } };
  });
}

const failures: ReadonlySet<Attempt['outcome']> = new Set<ProviderErrorCode>([
  'UNAVAILABLE',
  'RATE_LIMITED',
  'TIMEOUT',
  'REJECTED',
  'BAD_OUTPUT',
]);

/** Another provider stands in for one that fails, so nobody would know of a wrong key but for the log. */
function reportFailures(attempts: readonly Attempt[], { log }: RequestContext): void {
  for (const { provider, model, outcome } of attempts) {
    if (failures.has(outcome)) log.warn({ provider, model, outcome }, 'A model provider failed');
  }
}
