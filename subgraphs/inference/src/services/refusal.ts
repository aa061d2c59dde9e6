import { RefusalCode } from '../entities/answer.ts';
import type { RefusalReason } from './providers/provider.ts';
import type { RoutedAnswer } from './router.ts';

/** Below this an answer is more likely wrong than right by its author's own estimate. */
const leastConfidence = 0.5;

export interface Refusal {
  readonly refusalCode: RefusalCode;
  /** For a reader. Ours alone: what a model writes beside its quotes is borne out by nothing. */
  readonly refusalReason: string;
}

/** Why there is no answer to show; undefined when there is one. */
export function refusalOf(routed: RoutedAnswer): Refusal | undefined {
  if (routed.refusalReason) return refusalFor(routed.refusalReason, routed.text);
  if (routed.status === 'ANSWERED' && routed.confidence >= leastConfidence) return undefined;
  return {
    refusalCode: RefusalCode.LOW_CONFIDENCE,
    refusalReason:
      'An answer was written, but it is more likely wrong than right. Ask more precisely, or ask a person.',
  };
}

function refusalFor(reason: RefusalReason, text: string): Refusal {
  switch (reason) {
    case 'NO_PASSAGES':
      return { refusalCode: RefusalCode.NOT_IN_SOURCES, refusalReason: 'Nothing that you may read is about this.' };
    case 'LOW_COVERAGE':
      return { refusalCode: RefusalCode.NOT_IN_SOURCES, refusalReason: text }; // The local provider's own words.
    case 'NOT_IN_PASSAGES':
      return {
        refusalCode: RefusalCode.NOT_IN_SOURCES,
        refusalReason: 'What you may read touches on this but does not answer it.',
      };
    case 'UNGROUNDED':
      return {
        refusalCode: RefusalCode.UNGROUNDED,
        refusalReason: 'An answer was written, but nothing of it stands in what you may read.',
      };
    case 'DECLINED':
      return {
        refusalCode: RefusalCode.DECLINED,
        refusalReason: "The model's provider does not let it answer such a question.",
      };
  }
}
