import { blocksOf, isHeading, type Span, sentencesOf, trimSpan } from '@countersign/kernel/text';

/** A piece of a document; offsets are UTF-16 code units: `document.slice(start, end) === text`. */
export interface Passage extends Span {
  readonly text: string;
}

/** The bounds of a passage, in estimated tokens. */
export const passageTokens = { least: 120, most: 220 } as const;

/**
 * Cuts a document into passages of about 120 to 220 tokens, none of them empty, in order and without overlap. Cuts fall
 * at headings and paragraphs where they can, else between sentences; only a sentence longer than a passage is cut
 * itself. A heading stays with what it is the heading of. The same text gives the same passages.
 */
export function chunk(text: string): Passage[] {
  const passages: Piece[][] = [];
  let current: Piece[] = [];
  for (const piece of piecesOf(text)) {
    if (current.length > 0 && endsBefore(piece, current)) {
      const [kept, carried] = withoutTrailingHeading(current, piece);
      passages.push(kept);
      current = carried;
    }
    current.push(piece);
  }
  if (current.length > 0) passages.push(current);
  return passages.map((pieces) => {
    const { start, end } = spanOf(pieces);
    return { start, end, text: text.slice(start, end) };
  });
}

/** About how many tokens a language model sees: four characters of an alphabet to one, an ideograph or syllable each. */
export function estimateTokens(text: string): number {
  const ideographs = text.match(ideograph) ?? [];
  return ideographs.length + Math.ceil((text.length - ideographs.join('').length) / 4);
}

const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

interface Piece extends Span {
  readonly tokens: number;
  readonly opens?: 'heading' | 'paragraph';
}

function piecesOf(text: string): Piece[] {
  return blocksOf(text).flatMap((block) => {
    const opens = isHeading(text.slice(block.start, block.end)) ? ('heading' as const) : ('paragraph' as const);
    return sentencesOf(text, block)
      .flatMap((sentence) => cutLong(text, sentence))
      .map((span, index) => ({
        ...span,
        tokens: estimateTokens(text.slice(span.start, span.end)),
        opens: index === 0 ? opens : undefined,
      }));
  });
}

function endsBefore(next: Piece, current: Piece[]): boolean {
  const tokens = tokensOf(current);
  if (tokens + next.tokens > passageTokens.most) return true;
  if (current.every((piece) => piece.opens === 'heading')) return false;
  if (next.opens === 'heading') return tokens >= passageTokens.least / 2;
  return next.opens === 'paragraph' && tokens >= passageTokens.least;
}

/** Carries a heading at the end of a passage over to the next one, if both it and its text fit there. */
function withoutTrailingHeading(current: Piece[], next: Piece): [kept: Piece[], carried: Piece[]] {
  const last = current.findLastIndex((piece) => piece.opens !== 'heading');
  const carried = current.slice(last + 1);
  if (last === -1 || tokensOf([...carried, next]) > passageTokens.most) return [current, []];
  return [current.slice(0, last + 1), carried];
}

function tokensOf(pieces: Piece[]): number {
  let tokens = 0;
  let end: number | undefined;
  for (const piece of pieces) {
    tokens += piece.tokens + (end === undefined ? 0 : Math.ceil((piece.start - end) / 4));
    end = piece.end;
  }
  return tokens;
}

function spanOf(pieces: Piece[]): Span {
  return { start: pieces[0]?.start ?? 0, end: pieces.at(-1)?.end ?? 0 };
}

/** A sentence that fits as it is; a longer one cut at white space where there is any, and never inside a character. */
function cutLong(text: string, sentence: Span): Span[] {
  const spans: Span[] = [];
  for (let { start } = sentence; start < sentence.end; ) {
    const end = cutPoint(text, start, sentence.end);
    const span = trimSpan(text, { start, end });
    if (span.start < span.end) spans.push(span);
    start = end;
  }
  return spans;
}

function cutPoint(text: string, start: number, limit: number): number {
  let end = start;
  let afterBlank: number | undefined;
  let tokens = 0;
  for (const character of text.slice(start, limit)) {
    tokens += character.search(ideograph) === 0 ? 1 : character.length / 4;
    if (tokens > passageTokens.most) return afterBlank ?? end;
    end += character.length;
    if (character.trim() === '') afterBlank = end;
  }
  return limit;
}
