import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countTerms, termsOf } from './terms.ts';

describe('termsOf', () => {
  it('stems English words, so that their forms meet', () => {
    expect(termsOf('Referrals referred REFERRING')).toEqual(['referr', 'refer', 'refer']);
    expect(termsOf('countersigned countersigning')).toEqual(['countersign', 'countersign']);
  });

  it('leaves out stop words and what only makes a question', () => {
    expect(termsOf('What is the dose of it?')).toEqual(['dose']);
  });

  it('keeps codes and numbers whole, and finds them by their parts too', () => {
    expect(termsOf('E11.9')).toEqual(['e11.9', 'e11']);
    expect(termsOf('LOINC 4548-4')).toEqual(['loinc', '4548-4', '4548']);
    expect(termsOf('2.5 mg on 2026-11-25.')).toEqual(['2.5', 'mg', '2026-11-25', '2026', '11', '25']);
  });

  it('parts hyphenated words', () => {
    expect(termsOf('high-speed and/or low')).toEqual(['high', 'speed', 'low']);
  });

  it('drops the possessive', () => {
    expect(termsOf("the patient's and the patients’ records")).toEqual(['patient', 'patient', 'record']);
  });

  it('reads other alphabets and compatibility forms', () => {
    expect(termsOf('Überweisung Больница ﬁnding Ｅ１１')).toEqual(['überweisung', 'больница', 'find', 'e11']);
  });

  it('yields terms that are found again when searched for by themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        for (const term of termsOf(text).filter((term) => /[^a-z]/.test(term))) expect(termsOf(term)).toContain(term);
      }),
    );
  });
});

describe('countTerms', () => {
  it('counts each term', () => {
    expect(countTerms('dose, doses and dosing of 10 mg')).toEqual(
      new Map([
        ['dose', 3],
        ['10', 1],
        ['mg', 1],
      ]),
    );
  });
});
