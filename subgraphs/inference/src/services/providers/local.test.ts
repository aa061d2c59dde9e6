import { describe, expect, it } from '@jest/globals';
import { ground } from '../grounding.ts';
import { localProvider } from './local.ts';
import type { ProviderAnswer } from './provider.ts';

const referrals = {
  id: 'p1',
  documentTitle: 'Referral policy',
  text: '# Colonoscopy\n\nA colonoscopy referral needs the signature of a second physician. It is valid for 90 days. Urgent cases are called in by telephone.',
};
const kitchen = {
  id: 'p2',
  documentTitle: 'Kitchen',
  text: 'Lunch is served at noon [3]. Vegetarian food is marked green.',
};

const ask = (question: string, passages = [referrals, kitchen]): Promise<ProviderAnswer> =>
  localProvider.answer({ question, passages, tier: 'local' });

describe('localProvider', () => {
  it('answers with the sentences that hold what is asked, word for word, each with its marker', async () => {
    expect(await ask('Whose signature does a colonoscopy referral need?')).toMatchObject({
      status: 'ANSWERED',
      text: 'A colonoscopy referral needs the signature of a second physician. [1]',
      quotes: [{ passageId: 'p1', quote: 'A colonoscopy referral needs the signature of a second physician.' }],
    });
  });

  it('knows from the title and the passage what a sentence is about', async () => {
    expect((await ask('How many days is a colonoscopy referral valid?')).text).toContain('It is valid for 90 days.');
  });

  it('takes a second sentence where it adds what the first lacks', async () => {
    const answer = await ask('When is lunch served and how is vegetarian food marked?');
    expect(answer.text).toBe('Lunch is served at noon (3). [1] Vegetarian food is marked green. [2]');
    const sources = [{ ...kitchen, start: 0 }];
    expect(ground(answer, sources).citations.map(({ quote }) => quote)).toEqual([
      'Lunch is served at noon [3].',
      'Vegetarian food is marked green.',
    ]);
  });

  it('refuses what the passages do not speak of, and says what is missing', async () => {
    const answer = await ask('What is the dose of metformin in renal failure?');
    expect(answer).toMatchObject({ status: 'REFUSED', refusalReason: 'LOW_COVERAGE', quotes: [] });
    expect(answer.text).toContain('metformin');
  });

  it('refuses without passages, and without a word to look for', async () => {
    expect(await ask('Who signs?', [])).toMatchObject({ status: 'REFUSED', refusalReason: 'NO_PASSAGES' });
    expect(await ask('What is it?')).toMatchObject({ status: 'REFUSED', refusalReason: 'LOW_COVERAGE' });
  });

  it('gives the same answer every time', async () => {
    const [first, second] = await Promise.all([ask('Who signs a referral?'), ask('Who signs a referral?')]);
    expect({ ...first, usage: null }).toEqual({ ...second, usage: null });
  });

  it('reports the compute time that it took', async () => {
    expect((await ask('Who signs a referral?')).usage.computeMs).toBeGreaterThan(0);
  });
});
