import { hash } from 'node:crypto';
import { CountersignError, type GraphClient, isUuid, problem, type RequestContext } from '@countersign/kernel';
import { parse } from 'graphql';

/** Which citations of which answer a proposal rests on. */
export interface EvidenceRequest {
  readonly answerId: string;
  readonly markers: readonly number[];
}

/** A citation as it was read again for the caller. */
export interface CitedPassage {
  readonly answerId: string;
  readonly marker: number;
  readonly quote: string;
  /** SHA-256 of the quote in UTF-8, in hex. */
  readonly sha256: string;
  readonly documentId: string | null;
  readonly passageId: string | null;
}

interface AnswerData {
  readonly answer: {
    readonly id: string;
    readonly citations: readonly {
      readonly marker: number;
      readonly quote: string;
      readonly document: { readonly id: string } | null;
      readonly passage: { readonly id: string } | null;
    }[];
  } | null;
}

const answerById = parse(`query EvidenceOfAction($id: ID!) {
  answer(id: $id) { id status citations { marker quote document { id } passage { id } } }
}`);

/**
 * Reads evidence again as the caller before it is believed. What the caller may not read is not there: refused with
 * `EVIDENCE_NOT_FOUND`, a citation that the answer does not have with `EVIDENCE_MARKER_UNKNOWN`.
 */
export async function readEvidence(
  graph: GraphClient,
  requested: readonly EvidenceRequest[],
  context: RequestContext,
): Promise<CitedPassage[]> {
  const passages: CitedPassage[] = [];
  for (const [index, { answerId, markers }] of requested.entries()) {
    const path = ['options', 'evidence', String(index)];
    const answer = await readAnswer(graph, answerId, context);
    if (!answer) {
      const message = `There is no answer ${answerId}, or none that you may read.`;
      throw problem('EVIDENCE_NOT_FOUND', message, [...path, 'answerId'], { answerId });
    }
    for (const [position, marker] of markers.entries()) {
      const citation = answer.citations.find((each) => each.marker === marker);
      if (!citation) {
        const known = answer.citations.map((each) => each.marker).join(', ') || 'none';
        const message = `Answer ${answerId} has no citation ${marker}; it has ${known}.`;
        throw problem('EVIDENCE_MARKER_UNKNOWN', message, [...path, 'markers', String(position)], { answerId, marker });
      }
      const { quote, document, passage } = citation;
      const ids = { documentId: document?.id ?? null, passageId: passage?.id ?? null };
      passages.push({ answerId, marker, quote, sha256: hash('sha256', quote), ...ids });
    }
  }
  return passages;
}

async function readAnswer(graph: GraphClient, id: string, context: RequestContext): Promise<AnswerData['answer']> {
  if (!isUuid(id)) return null;
  try {
    return (await graph.run<AnswerData, { id: string }>(answerById, { id }, context)).answer;
  } catch (error) {
    // Not to be seen is not to be told from not there.
    if (error instanceof CountersignError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')) return null;
    throw error;
  }
}
