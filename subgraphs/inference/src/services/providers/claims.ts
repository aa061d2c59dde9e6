import { sentencesOf } from '@countersign/kernel/text';
import type { ProviderAnswer, Quote } from './provider.ts';

/** One sentence of an answer and the quotes that bear it out. */
export interface Claim {
  readonly sentence: string;
  readonly quotes: readonly Quote[];
}

/**
 * Writes claims as one text, in which `[n]` cites the n-th quote. Each sentence of a claim cites all of its quotes.
 * Brackets around a number that a sentence brings along become round ones, so that they do not cite anything.
 */
export function compose(claims: readonly Claim[]): Pick<ProviderAnswer, 'text' | 'quotes'> {
  const quotes: Quote[] = [];
  const sentences = claims.flatMap((claim) => {
    const markers = claim.quotes.map((quote) => `[${quotes.push(quote)}]`).join('');
    const text = claim.sentence.replace(/\[(\d+)\]/g, '($1)');
    return sentencesOf(text).map(({ start, end }) => `${text.slice(start, end)} ${markers}`.trim());
  });
  return { text: sentences.join(' '), quotes };
}
