import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashingEmbedder } from './embedder.ts';

const embed = async (text: string): Promise<number[]> => (await hashingEmbedder.embed([text], 'passage'))[0] ?? [];
const similarity = async (a: string, b: string): Promise<number> => {
  const [left, right] = await Promise.all([embed(a), embed(b)]);
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
};

describe('hashingEmbedder', () => {
  it('gives one finite vector of length 1 per text, or zeros for a text without a word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), async (texts) => {
        const vectors = await hashingEmbedder.embed(texts, 'query');
        expect(vectors).toHaveLength(texts.length);
        for (const vector of vectors) {
          expect(vector).toHaveLength(hashingEmbedder.dimensions);
          const length = Math.hypot(...vector);
          expect(length === 0 || Math.abs(length - 1) < 1e-9).toBe(true);
        }
      }),
    );
  });

  it('gives the same vector for the same text', async () => {
    expect(await embed('Metformin 500 mg twice daily')).toEqual(await embed('Metformin 500 mg twice daily'));
  });

  it('puts a text closer to its other forms than to something else', async () => {
    const question = 'Who signs referrals?';
    const answer = 'A referral is signed by the attending physician.';
    expect(await similarity(question, answer)).toBeGreaterThan(
      (await similarity(question, 'Lunch is served at noon in the canteen.')) + 0.1,
    );
  });

  it('forgives typing errors', async () => {
    expect(await similarity('colonoscopy referral', 'colonsocopy refferal')).toBeGreaterThan(0.25);
  });
});
