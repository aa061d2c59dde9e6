/** A piece of a text, in UTF-16 code units: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The sentences of `text` between two offsets, without the white space around them, in order. A line break inside a
 * paragraph does not end a sentence; a blank line, a heading, a list item and a table row do.
 */
export function sentencesOf(text: string, within: Span = { start: 0, end: text.length }): Span[] {
  return blocksOf(text, within).flatMap((block) => sentencesOfBlock(text, block));
}

/** Paragraphs, headings, list items and table rows, without the white space around them, in order. */
export function blocksOf(text: string, within: Span = { start: 0, end: text.length }): Span[] {
  const blocks: Span[] = [];
  let start = within.start;
  let previousIsHeading = false;
  for (const line of linesOf(text, within)) {
    const content = text.slice(line.start, line.end);
    if (previousIsHeading || content.trim() === '' || startsBlock.test(content)) {
      blocks.push({ start, end: line.start });
      start = line.start;
    }
    previousIsHeading = isHeading(content);
  }
  blocks.push({ start, end: within.end });
  return blocks.map((block) => trimSpan(text, block)).filter((block) => block.start < block.end);
}

/** Whether a block is a Markdown heading. */
export const isHeading = (block: string): boolean => /^[ \t]{0,3}#{1,6}[ \t]/.test(block);

const startsBlock = /^[ \t]*(?:#{1,6}[ \t]|[-*+•][ \t]|\d{1,3}[.)][ \t]|\|)/;

function* linesOf(text: string, within: Span): Iterable<Span> {
  for (let start = within.start; start < within.end; ) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed === -1 || lineFeed >= within.end ? within.end : lineFeed + 1;
    yield { start, end };
    start = end;
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function sentencesOfBlock(text: string, block: Span): Span[] {
  // The segmenter ends a sentence at each line break; blanks of the same length keep the offsets.
  const unwrapped = text.slice(block.start, block.end).replace(/[\r\n\u0085\u2028\u2029]/g, ' ');
  // Most headings and list items are one sentence, and asking the segmenter is what takes the time.
  if (!/\p{Sentence_Terminal}./u.test(unwrapped)) return [block];
  const sentences: Span[] = [];
  let start = 0;
  for (const { segment, index } of segmenter.segment(unwrapped)) {
    const end = index + segment.length;
    if (endsInAbbreviation.test(segment) && end < unwrapped.length) continue;
    sentences.push({ start: block.start + start, end: block.start + end });
    start = end;
  }
  return sentences.map((sentence) => trimSpan(text, sentence)).filter((sentence) => sentence.start < sentence.end);
}

// "Dr. Smith" is one sentence to a reader and two to the segmenter, and so is "1. Wash your hands".
const endsInAbbreviation =
  /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|vs|no|nos|fig|figs|eq|eqs|ref|refs|sec|art|approx|e\.g|i\.e|etc|cf|al|inc|ltd|\d{1,3}|[A-Z])\.\s*$/i;

/** The span without the white space at its ends; empty where there is nothing else. */
export function trimSpan(text: string, { start, end }: Span): Span {
  const content = text.slice(start, end);
  return {
    start: start + content.length - content.trimStart().length,
    end: end - content.length + content.trimEnd().length,
  };
}
