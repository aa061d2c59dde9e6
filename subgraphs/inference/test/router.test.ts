import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAnthropicProvider } from '../src/services/providers/anthropic.ts';
import { createOpenAiProvider } from '../src/services/providers/openai.ts';
import { createRouter, type RoutedAnswer, type RoutedQuestion } from '../src/services/router.ts';
import { type FakeMode, type FakeProviders, startFakeProviders } from './fake-providers.ts';

const text = 'Two physicians sign it. A referral is valid for 90 days.';
const question: RoutedQuestion = {
  question: 'How long is a referral valid?',
  passages: [{ id: 'p1', documentTitle: 'Referrals', text, start: 100 }],
  retrievalConfidence: 0.9,
};
const hard = 'Why is a referral valid for 90 days, and how does it differ from an order?';

let fakes: FakeProviders;
let ask: (change?: Partial<RoutedQuestion>) => Promise<RoutedAnswer>;

beforeAll(async () => {
  fakes = await startFakeProviders();
  const providers = [
    createOpenAiProvider({ apiKey: 'test-key', baseUrl: fakes.openai.baseUrl, timeoutMs: 3000 }),
    createAnthropicProvider({ apiKey: 'test-key', baseUrl: fakes.anthropic.baseUrl, timeoutMs: 3000 }),
  ];
  const route = createRouter({ providers });
  ask = (change = {}) => route({ ...question, ...change });
});
afterAll(async () => {
  await fakes[Symbol.asyncDispose]();
});
beforeEach(() => {
  fakes.openai.mode = 'ok';
  fakes.anthropic.mode = 'ok';
});

const whenSmall =
  (small: FakeMode, large: FakeMode) =>
  (model: string): FakeMode =>
    model === 'gpt-6-luna' || model === 'claude-haiku-5-5' ? small : large;
const way = ({ attempts }: RoutedAnswer): string[] =>
  attempts.map(({ provider, tier, outcome }) => `${provider} ${tier} ${outcome}`);

describe('router', () => {
  it('asks a small model first, and says why', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({
      status: 'ANSWERED',
      text: 'A referral is valid for 90 days. [1]',
      citations: [{ marker: 1, quote: 'A referral is valid for 90 days.', start: 124, end: 156, passageId: 'p1' }],
      confidence: 0.9,
      route: { provider: 'openai', tier: 'small', model: 'gpt-6-luna', reason: 'Small model first: a plain question.' },
    });
    expect(way(answer)).toEqual(['openai small ANSWERED']);
    expect(answer.route.costUsd).toBeCloseTo((1200 * 0.1 + 150 * 0.5) / 1e6, 12);
  });

  it('asks the large model at once for a hard question', async () => {
    const answer = await ask({ question: hard });
    expect(answer.route).toMatchObject({
      tier: 'large',
      reason: 'Large model at once: the question compares and has several parts and asks why.',
    });
  });

  it.each([
    ['refuse', 'NOT_IN_PASSAGES'],
    ['misquote', 'UNGROUNDED'],
    ['unsure', 'LOW_CONFIDENCE'],
  ] as const)('asks the large model when the small one does this: %s', async (mode, outcome) => {
    fakes.openai.mode = whenSmall(mode, 'ok');
    const answer = await ask();
    expect(way(answer)).toEqual([`openai small ${outcome}`, 'openai large ANSWERED']);
    expect(answer.route.reason).toContain('Escalated to the large model');
    expect(answer.route.costUsd).toBeCloseTo(
      answer.attempts.reduce((sum, { costUsd }) => sum + costUsd, 0),
      12,
    );
  });

  it('believes a small refusal where the search found little anyway', async () => {
    fakes.openai.mode = 'refuse';
    expect(way(await ask({ retrievalConfidence: 0.05 }))).toEqual(['openai small NOT_IN_PASSAGES']);
  });

  it('believes the refusal of the large model', async () => {
    fakes.openai.mode = 'refuse';
    const answer = await ask();
    expect(answer).toMatchObject({ status: 'REFUSED', refusalReason: 'NOT_IN_PASSAGES', citations: [] });
    expect(way(answer)).toHaveLength(2);
  });

  it.each(['fault', 'rate-limited', 'unauthorized', 'malformed', 'garbage'] as const)(
    'falls back to the next provider when one fails: %s',
    async (mode) => {
      fakes.openai.mode = mode;
      const answer = await ask();
      expect(answer).toMatchObject({ status: 'ANSWERED', route: { provider: 'anthropic', tier: 'small' } });
      expect(answer.route.reason).toMatch(/^openai failed \([A-Z_]+\): anthropic instead\.$/);
    },
  );

  it('falls back to the local provider when all fail', async () => {
    fakes.openai.mode = 'fault';
    fakes.anthropic.mode = 'rate-limited';
    const answer = await ask();
    expect(way(answer)).toEqual(['openai small UNAVAILABLE', 'anthropic small RATE_LIMITED', 'local local ANSWERED']);
    expect(answer.text).toBe('A referral is valid for 90 days. [1]');
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('keeps an unsure answer when the large models fail', async () => {
    fakes.openai.mode = whenSmall('unsure', 'fault');
    fakes.anthropic.mode = 'fault';
    const answer = await ask();
    expect(answer).toMatchObject({ status: 'ANSWERED', confidence: 0.1, route: { provider: 'openai', tier: 'small' } });
    expect(way(answer)).toEqual([
      'openai small LOW_CONFIDENCE',
      'openai large UNAVAILABLE',
      'anthropic large UNAVAILABLE',
    ]);
  });

  it('lets the local provider speak when models quote what is not there', async () => {
    fakes.openai.mode = 'misquote';
    const answer = await ask();
    expect(way(answer)).toEqual(['openai small UNGROUNDED', 'openai large UNGROUNDED', 'local local ANSWERED']);
  });

  it('asks no model without passages', async () => {
    const answer = await ask({ passages: [] });
    expect(answer).toMatchObject({ status: 'REFUSED', refusalReason: 'NO_PASSAGES' });
    expect(way(answer)).toEqual(['local local NO_PASSAGES']);
  });

  it('answers locally where no provider is configured, at a price', async () => {
    const answer = await createRouter()(question);
    expect(answer).toMatchObject({ status: 'ANSWERED', route: { reason: 'No model provider is configured.' } });
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('ends after a bounded number of attempts, whatever fails', async () => {
    const modes: FakeMode[] = ['refuse', 'misquote', 'unsure', 'malformed', 'unauthorized', 'decline', 'obey'];
    for (const openai of modes) {
      for (const anthropic of modes) {
        fakes.openai.mode = whenSmall(openai, anthropic);
        fakes.anthropic.mode = whenSmall(anthropic, openai);
        expect((await ask()).attempts.length).toBeLessThanOrEqual(5);
      }
    }
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    fakes.openai.mode = 'slow';
    const signal = AbortSignal.abort(new Error('The client has gone.'));
    await expect(ask({ signal })).rejects.toThrow('The client has gone.');
  });
});
