import { termsOf, wordsOf } from '@countersign/kernel/text';

/** Turns texts into vectors whose inner product says how alike they are. */
export interface Embedder {
  /** Names model and version: vectors of different ids cannot be compared. */
  readonly id: string;
  readonly dimensions: number;
  /** One vector per text, of length 1 (all zeros for a text without a word), in the order of the texts. */
  embed(texts: readonly string[], kind: 'passage' | 'query'): Promise<number[][]>;
}

/**
 * Our own embedder: needs no model, no network and no training. Stems, pairs of neighbouring stems and the trigrams of
 * words (which survive typing errors) are hashed with a sign into 384 dimensions (Weinberger et al., "Feature hashing
 * for large scale multitask learning", 2009), weighted by 1 + ln(frequency) and normalised.
 */
export const hashingEmbedder: Embedder = {
  id: 'hashing-384-v1',
  dimensions: 384,
  async embed(texts) {
    return texts.map((text) => embedText(text, this.dimensions));
  },
};

// Tuned on the Cranfield collection by nDCG@10 of the hybrid ranking, with and without typing errors in the queries.
const weights = { stem: 1, stemPair: 0.3, trigram: 0.45 } as const;

function embedText(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [feature, { frequency, weight }] of featuresOf(text)) {
    const hash = hashOf(feature);
    const sign = hash >>> 31 === 0 ? 1 : -1;
    const index = (hash & 0x7fffffff) % dimensions;
    vector[index] = (vector[index] ?? 0) + sign * weight * (1 + Math.log(frequency));
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function featuresOf(text: string): Map<string, { frequency: number; weight: number }> {
  const features = new Map<string, { frequency: number; weight: number }>();
  const add = (feature: string, weight: number): void => {
    features.set(feature, { frequency: (features.get(feature)?.frequency ?? 0) + 1, weight });
  };
  const terms = termsOf(text);
  terms.forEach((term, index) => {
    // Twice, at two places: when one collides with another feature, the other still tells.
    add(`s:${term}`, weights.stem);
    add(`S:${term}`, weights.stem);
    const next = terms[index + 1];
    if (next !== undefined) add(`p:${term} ${next}`, weights.stemPair);
  });
  for (const word of wordsOf(text)) {
    if (word.length < 4) continue;
    const padded = `^${word}$`;
    for (let at = 0; at + 3 <= padded.length; at += 1) add(`t:${padded.slice(at, at + 3)}`, weights.trigram);
  }
  return features;
}

/** FNV-1a over UTF-16 code units, then MurmurHash3's finaliser, so that all 32 bits are of use. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
