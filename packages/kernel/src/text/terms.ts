import { stemmer } from 'stemmer';

/**
 * Term -> how often it occurs. Terms are lower-cased, NFKC-normalised and, where they are English words, stemmed
 * (Porter, 1980). Stop words are left out.
 */
export function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/**
 * The terms of a text in their order. A code or number that holds punctuation (`E11.9`, `4548-4`) is one term, followed
 * by those of its parts that have two or more characters, so that `E11` finds `E11.9` too.
 */
export function termsOf(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    if (!word.includes('.') && !word.includes('-') && !word.includes('/')) return toTerm(word);
    return [word, ...word.split(/[./-]/).filter((part) => part.length > 1 && !stopWords.has(part))];
  });
}

/** The words of a text in their order: lower-cased, NFKC-normalised, neither stemmed nor filtered. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(word) ?? [];
}

// A code is what holds a digit and inner punctuation; in "high-speed" and "and/or" the parts are words of their own.
const word =
  /(?=[\p{L}./-]{0,40}\p{N})[\p{L}\p{N}]+(?:[./-][\p{L}\p{N}]+)+|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?=['’]s?(?![\p{L}\p{N}]))|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

function toTerm(text: string): string[] {
  if (stopWords.has(text) || text === 's') return [];
  return [/^[a-z]{3,}$/.test(text) ? stemmer(text) : text];
}

// What carries no meaning in a passage, and what only makes a question a question.
const stopWords = new Set(
  (
    'a about an and any are as at be been being but by can could did do does for from had has have how i if in into ' +
    'is it its may me might must my no nor not of on or our shall she he should so such than that the their them then ' +
    'there these they this those to was we were what when where which who whom whose why will with would you your'
  ).split(' '),
);
