/** Reading text the same way wherever it is searched, quoted or answered from. */
export { blocksOf, isHeading, type Span, sentencesOf, trimSpan } from './sentences.ts';
export { countTerms, termsOf, wordsOf } from './terms.ts';
