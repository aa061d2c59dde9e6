import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunk, estimateTokens, passageTokens } from './chunker.ts';

const sentence = (words: number, word = 'Lisinopril'): string => `${Array(words).fill(word).join(' ')}.`;

const documents = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '\n',
        '\n\n',
        '\r\n\r\n',
        '# Heading\n',
        '- item\n',
        'One. ',
        ' ',
        '\t',
        '第一条。',
        '👩‍⚕️',
        '| a | b |\n',
      ),
      fc.integer({ min: 1, max: 300 }).map((words) => sentence(words)),
      fc.integer({ min: 1, max: 2000 }).map((length) => 'x'.repeat(length)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('chunk', () => {
  it('gives exact offsets into the source, whatever the text', () => {
    fc.assert(
      fc.property(documents, (text) => {
        for (const passage of chunk(text)) expect(text.slice(passage.start, passage.end)).toBe(passage.text);
      }),
    );
  });

  it('leaves out white space alone, never repeats a character, and makes no passage empty or too long', () => {
    fc.assert(
      fc.property(documents, (text) => {
        let end = 0;
        for (const passage of chunk(text)) {
          expect(text.slice(end, passage.start).trim()).toBe('');
          expect(passage.text.trim()).not.toBe('');
          expect(estimateTokens(passage.text)).toBeLessThanOrEqual(passageTokens.most);
          end = passage.end;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });

  it('gives the same passages for the same text', () => {
    fc.assert(fc.property(documents, (text) => expect(chunk(text)).toEqual(chunk(text))));
  });

  it('makes nothing of a text without a word', () => {
    expect(chunk('')).toEqual([]);
    expect(chunk(' \n\n\t')).toEqual([]);
  });

  it('keeps a short document whole', () => {
    const text = '# Visiting hours\n\nVisitors are welcome from 10 to 18. Children come with an adult.';
    expect(chunk(text).map((passage) => passage.text)).toEqual([text]);
  });

  it('cuts at a paragraph once a passage is long enough, and keeps a heading with its text', () => {
    const first = Array(4).fill(sentence(12)).join(' ');
    const second = Array(4).fill(sentence(12, 'Metformin')).join(' ');
    const passages = chunk(`${first}\n\n# Diabetes\n\n${second}`).map((passage) => passage.text);
    expect(passages).toEqual([first, `# Diabetes\n\n${second}`]);
  });

  it('cuts between sentences, not inside them', () => {
    const passages = chunk(Array(60).fill(sentence(9)).join(' '));
    expect(passages.length).toBeGreaterThan(5);
    for (const passage of passages) expect(passage.text.endsWith('.')).toBe(true);
  });

  it('cuts a sentence that is longer than a passage between words', () => {
    const passages = chunk(sentence(500));
    expect(passages.length).toBeGreaterThan(5);
    for (const passage of passages) expect(passage.text).toMatch(/^Lisinopril( Lisinopril)*\.?$/);
  });

  it('cuts a word that is longer than a passage, but no character', () => {
    for (const passage of chunk('😀'.repeat(1200))) expect(passage.text).toMatch(/^(😀)+$/u);
  });
});
