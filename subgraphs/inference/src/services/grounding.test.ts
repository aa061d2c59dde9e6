import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ground } from './grounding.ts';
import { locateQuote } from './quote-location.ts';

const document = 'Preface. A referral needs two signatures.\nIt expires after 30 days. “Urgent” cases – see p. 4.';
const passage = { id: 'p1', text: document.slice(9), start: 9 };

describe('ground', () => {
  it('keeps a sentence whose quote stands in its passage, with offsets into the document', () => {
    const answer = {
      text: 'Two people sign. [1]',
      quotes: [{ passageId: 'p1', quote: 'A referral needs two signatures.' }],
    };
    const grounded = ground(answer, [passage]);
    expect(grounded).toEqual({
      status: 'ANSWERED',
      text: 'Two people sign. [1]',
      citations: [{ marker: 1, quote: 'A referral needs two signatures.', start: 9, end: 41, passageId: 'p1' }],
    });
    expect(document.slice(9, 41)).toBe('A referral needs two signatures.');
  });

  it('forgives white space, quotation marks and dashes, and cites the text as it is', () => {
    const quotes = [{ passageId: 'p1', quote: '"signatures. It expires after\n30 days. "Urgent" cases - see p. 4."' }];
    expect(ground({ text: 'It expires [1].', quotes }, [passage]).citations[0]?.quote).toBe(
      'signatures.\nIt expires after 30 days. “Urgent” cases – see p. 4.',
    );
  });

  it('drops a sentence whose quotes all fail, and numbers the markers of the rest anew', () => {
    const quotes = [
      { passageId: 'p1', quote: 'Anybody may sign.' },
      { passageId: 'p1', quote: 'It expires after 30 days.' },
      { passageId: 'elsewhere', quote: 'A referral needs two signatures.' },
    ];
    const text = 'Anybody may sign. [1] It expires soon. [2][3] And so on.';
    expect(ground({ text, quotes }, [passage])).toMatchObject({
      text: 'It expires soon. [1]',
      citations: [{ marker: 1, quote: 'It expires after 30 days.' }],
    });
  });

  it('gives one place one marker', () => {
    const quote = { passageId: 'p1', quote: 'It expires after 30 days.' };
    const grounded = ground({ text: 'It expires. [1] It does. [2]', quotes: [quote, quote] }, [passage]);
    expect(grounded.text).toBe('It expires. [1] It does. [1]');
    expect(grounded.citations).toHaveLength(1);
  });

  it('removes markers that cite nothing', () => {
    const quotes = [{ passageId: 'p1', quote: 'two signatures' }];
    expect(ground({ text: 'Two [7] sign [1], always [0][99].', quotes }, [passage]).text).toBe('Two sign, always. [1]');
  });

  it('cites no quote that begins or ends within a character', () => {
    expect(locateQuote('signed 😀'.slice(0, -1), 'It is signed 😀.')).toBeUndefined();
  });

  it('refuses when nothing is left', () => {
    const refused = { status: 'REFUSED', refusalReason: 'UNGROUNDED', text: '', citations: [] };
    expect(ground({ text: 'Yes. [1]', quotes: [{ passageId: 'p1', quote: 'of course' }] }, [passage])).toEqual(refused);
    expect(ground({ text: 'Yes.', quotes: [] }, [passage])).toEqual(refused);
    expect(ground({ text: 'Yes. [1]', quotes: [{ passageId: 'p1', quote: ' ' }] }, [passage])).toEqual(refused);
  });
});

const words = fc.array(
  fc.oneof(fc.string({ unit: 'grapheme', maxLength: 9 }), fc.constantFrom('“quoted”', 'a – b', 'dose 5 mg.')),
  {
    maxLength: 30,
  },
);
const separators = fc.constantFrom(' ', '\n', '  ', '\u00a0', '. ', '\r\n');
const texts = fc.tuple(words, separators).map(([parts, separator]) => parts.join(separator));

describe('for all answers', () => {
  it('every citation is an exact slice of its document', () => {
    const quotes = fc.array(fc.record({ passageId: fc.constantFrom('p0', 'p1', 'p2'), quote: texts }), {
      maxLength: 6,
    });
    const answers = fc.array(
      fc.oneof(
        texts,
        fc.nat(7).map((n) => `[${n}]`),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(texts, texts, quotes, answers, (before, text, invented, parts) => {
        const source = `${before}${text}`;
        const real = { passageId: 'p1', quote: text.slice(2, 30) };
        const grounded = ground({ text: parts.join(' '), quotes: [real, ...invented] }, [
          { id: 'p1', text, start: before.length },
        ]);
        for (const { quote, start, end, passageId } of grounded.citations) {
          expect(passageId).toBe('p1');
          expect(source.slice(start, end)).toBe(quote);
        }
        const used = new Set([...grounded.text.matchAll(/\[(\d+)\]/g)].map(([, marker]) => Number(marker)));
        expect([...used].sort((a, b) => a - b)).toEqual(grounded.citations.map(({ marker }) => marker));
        expect(grounded.status === 'REFUSED').toBe(grounded.citations.length === 0);
      }),
    );
  });

  it('a quote copied from a text is found in it, also with other white space and quotation marks', () => {
    fc.assert(
      fc.property(texts, fc.nat(50), fc.nat(80), (text, from, length) => {
        const copied = text.slice(from, from + length);
        fc.pre(copied.isWellFormed() && (copied.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 3);
        expect(locateQuote(copied, text)).toBeDefined();
        expect(locateQuote(copied.replace(/\s+/g, ' ').replace(/[“”]/g, '"').replace(/–/g, '-'), text)).toBeDefined();
      }),
    );
  });
});
