import type { DomainEvent } from '@countersign/kernel';
import { z } from 'zod';

/** How much of one meter a piece of work used. */
export interface Measure {
  readonly meter: string;
  /** In the meter's unit, above 0. */
  readonly quantity: number;
  /** What the work was for: an answer, a document, an action. */
  /** What the work was for; null where nothing came of it, such as a refused proposal. */
  readonly subjectId: string | null;
  /** What tells this line from others of its meter, such as the model. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What each event says was used. Throws a ZodError for a payload that is not the event's. */
export const measuresOf = {
  DocumentIngested: (event: DomainEvent): Measure[] => {
    const { documentId, passages, computeMs } = documentIngested.parse(event.payload);
    return used([
      { meter: 'document.passage', quantity: passages, subjectId: documentId, attributes: {} },
      { meter: 'compute.millisecond', quantity: startedMilliseconds(computeMs), subjectId: documentId, attributes: {} },
    ]);
  },

  /**
   * Each attempt counts, also those that were given up. What ran on our own machine is metered as compute time alone:
   * its `costUsd` is the router's estimate of the same time.
   */
  InferenceUsed: (event: DomainEvent): Measure[] => {
    const { answerId, attempts } = inferenceUsed.parse(event.payload);
    return used(
      attempts.map(({ tier, provider, model, computeMs, costUsd }) => ({
        ...(tier === 'local'
          ? { meter: 'compute.millisecond', quantity: startedMilliseconds(computeMs) }
          : { meter: 'model.usage', quantity: costUsd }),
        subjectId: answerId,
        attributes: { tier, provider, model },
      })),
    );
  },

  ToolCalled: (event: DomainEvent): Measure[] => {
    const { actionId, tool, kind, outcome } = toolCalled.parse(event.payload);
    return [{ meter: `tool.call.${kind}`, quantity: 1, subjectId: actionId, attributes: { tool, outcome } }];
  },
} as const;

const amount = z.number().nonnegative();

const documentIngested = z.object({ documentId: z.string(), passages: amount, computeMs: amount });

const inferenceUsed = z.object({
  answerId: z.string(),
  attempts: z.array(
    z.object({ tier: z.string(), provider: z.string(), model: z.string(), computeMs: amount, costUsd: amount }),
  ),
});

const toolCalled = z.object({
  actionId: z.string().nullable(),
  tool: z.string(),
  kind: z.enum(['preview', 'execute', 'verify', 'compensate']),
  outcome: z.string(),
});

/** A millisecond that was begun counts whole, so that no work is too short to count. */
const startedMilliseconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds));

/** Without what was not used: a provider that could not be reached asks nothing. */
const used = (measures: Measure[]): Measure[] => measures.filter(({ quantity }) => quantity > 0);
