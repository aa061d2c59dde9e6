import { describe, expect, it } from '@jest/globals';
import { blocksOf, sentencesOf } from './sentences.ts';

const sentences = (text: string): string[] => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

describe('sentencesOf', () => {
  it('ends a sentence at its full stop', () => {
    expect(sentences('Wash your hands. Then put on gloves! Why?')).toEqual([
      'Wash your hands.',
      'Then put on gloves!',
      'Why?',
    ]);
  });

  it('reads over line breaks inside a paragraph', () => {
    expect(sentences('A referral needs\nthe signature of two\r\nphysicians. It expires.')).toEqual([
      'A referral needs\nthe signature of two\r\nphysicians.',
      'It expires.',
    ]);
  });

  it('knows abbreviations, initials and numbered items', () => {
    expect(sentences('Ask Dr. Smith first. See J. Doe, e.g. on Mondays.')).toEqual([
      'Ask Dr. Smith first.',
      'See J. Doe, e.g. on Mondays.',
    ]);
    expect(sentences('1. Wash your hands.\n2. Put on gloves.')).toEqual(['1. Wash your hands.', '2. Put on gloves.']);
  });

  it('ends at blank lines, headings, list items and table rows', () => {
    expect(sentences('# Dosage\nAdults\n\nChildren\n- two years\n- older\n| age | mg |')).toEqual([
      '# Dosage',
      'Adults',
      'Children',
      '- two years',
      '- older',
      '| age | mg |',
    ]);
  });

  it('stays within the offsets it is given', () => {
    const text = 'One. Two. Three.';
    expect(sentencesOf(text, { start: 5, end: 9 })).toEqual([{ start: 5, end: 9 }]);
    expect(blocksOf(text, { start: 4, end: 4 })).toEqual([]);
  });
});
