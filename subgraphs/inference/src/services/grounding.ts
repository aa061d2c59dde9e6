import { sentencesOf } from '@countersign/kernel/text';
import type { Quote } from './providers/provider.ts';
import { locateQuote } from './quote-location.ts';

/** A passage and where in its document it begins, in UTF-16 code units. */
export interface SourcePassage {
  readonly id: string;
  readonly text: string;
  readonly start: number;
}

/** A quote that does stand in its document: `document.slice(start, end) === quote`. */
export interface Citation {
  /** The n of `[n]` in the text, from 1 without gaps, in the order of first use. */
  readonly marker: number;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  readonly passageId: string;
}

export type GroundedAnswer =
  | { readonly status: 'ANSWERED'; readonly text: string; readonly citations: readonly Citation[] }
  | {
      readonly status: 'REFUSED';
      readonly refusalReason: 'UNGROUNDED';
      readonly text: '';
      readonly citations: readonly [];
    };

/**
 * Keeps of an answer what its quotes bear out. In `text`, `[n]` cites `quotes[n - 1]`. A sentence stays if at least one
 * of its quotes stands word for word in the passage that it names; it then ends in the markers of those that do.
 */
export function ground(
  answer: { readonly text: string; readonly quotes: readonly Quote[] },
  passages: readonly SourcePassage[],
): GroundedAnswer {
  const found = answer.quotes.map((quote) => find(quote, passages));
  const citations: Citation[] = [];
  const sentences: string[] = [];
  for (const { sentence, markers } of citedSentences(answer.text)) {
    const borneOut = markers.flatMap((marker) => found[marker - 1] ?? []);
    if (borneOut.length === 0) continue;
    const renumbered = new Set(borneOut.map((citation) => markerOf(citation, citations)));
    sentences.push(`${sentence} ${[...renumbered].map((marker) => `[${marker}]`).join('')}`);
  }
  if (sentences.length === 0) return { status: 'REFUSED', refusalReason: 'UNGROUNDED', text: '', citations: [] };
  return { status: 'ANSWERED', text: sentences.join(' '), citations };
}

function find({ passageId, quote }: Quote, passages: readonly SourcePassage[]): Omit<Citation, 'marker'> | undefined {
  const passage = passages.find(({ id }) => id === passageId);
  const span = passage && locateQuote(quote, passage.text);
  if (!passage || !span) return undefined;
  return {
    quote: passage.text.slice(span.start, span.end),
    start: passage.start + span.start,
    end: passage.start + span.end,
    passageId,
  };
}

/** The sentences of a text without their markers, each with the markers that stood in it or right behind it. */
function citedSentences(text: string): { sentence: string; markers: number[] }[] {
  const markers: { at: number; marker: number }[] = [];
  let plain = '';
  let from = 0;
  for (const match of text.matchAll(/\s*\[(\d{1,4})\]/g)) {
    plain += text.slice(from, match.index);
    markers.push({ at: plain.length, marker: Number(match[1]) });
    from = match.index + match[0].length;
  }
  plain += text.slice(from);
  const sentences = sentencesOf(plain);
  return sentences.map(({ start, end }, index) => {
    const next = sentences[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    return {
      sentence: plain.slice(start, end),
      markers: markers.filter(({ at }) => at > start && at <= next).map(({ marker }) => marker),
    };
  });
}

/** The marker of a citation, which is added where it is new: one place in a document has one marker. */
function markerOf(citation: Omit<Citation, 'marker'>, citations: Citation[]): number {
  const known = citations.find(
    ({ passageId, start, end }) => passageId === citation.passageId && start === citation.start && end === citation.end,
  );
  if (known) return known.marker;
  const marker = citations.length + 1;
  citations.push({ marker, ...citation });
  return marker;
}
