import { setImmediate } from 'node:timers/promises';
import { newId } from '@countersign/kernel';
import { countTerms } from '@countersign/kernel/text';
import { chunk, type Passage } from './chunker.ts';
import type { Embedder } from './embedder.ts';

/** A passage with all that search needs of it. */
export interface IndexedPassage extends Passage {
  readonly id: string;
  readonly ordinal: number;
  /** Term -> how often it occurs; `termCount` is the sum. */
  readonly terms: ReadonlyMap<string, number>;
  readonly termCount: number;
  readonly embedding: readonly number[];
}

export interface IndexedText {
  readonly passages: readonly IndexedPassage[];
  /** What it took, in milliseconds, without the time in which others had their turn. */
  readonly computeMs: number;
}

/** So many passages are indexed before others have their turn, and stored with one statement. */
export const passagesPerBatch = 25;

/** Cuts a document's text into passages, counts their terms and embeds them. */
export async function indexText(title: string, text: string, embedder: Embedder): Promise<IndexedText> {
  const began = performance.now();
  const pieces = chunk(text);
  let computeMs = performance.now() - began;
  const passages: IndexedPassage[] = [];
  for (const batch of batches(pieces, passagesPerBatch)) {
    await setImmediate();
    const batchBegan = performance.now();
    passages.push(...(await indexBatch(title, batch, passages.length, embedder)));
    computeMs += performance.now() - batchBegan;
  }
  return { passages, computeMs };
}

async function indexBatch(
  title: string,
  pieces: readonly Passage[],
  firstOrdinal: number,
  embedder: Embedder,
): Promise<IndexedPassage[]> {
  const texts = pieces.map((piece) => searchableText(title, piece.text));
  const embeddings = await embedder.embed(texts, 'passage');
  return pieces.map((piece, index) => {
    const terms = countTerms(texts[index] ?? '');
    const termCount = [...terms.values()].reduce((sum, frequency) => sum + frequency, 0);
    return {
      ...piece,
      id: newId(),
      ordinal: firstOrdinal + index,
      terms,
      termCount,
      embedding: embeddings[index] ?? [],
    };
  });
}

/** A passage from the middle of a document is found by the document's title too. */
export const searchableText = (title: string, quote: string): string =>
  quote.startsWith(title) ? quote : `${title}\n${quote}`;

export function* batches<T>(items: readonly T[], size: number): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
