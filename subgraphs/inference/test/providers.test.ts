import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAnthropicProvider } from '../src/services/providers/anthropic.ts';
import { createOpenAiProvider } from '../src/services/providers/openai.ts';
import type { AnswerProvider, AnswerRequest } from '../src/services/providers/provider.ts';
import { type FakeMode, type FakeProvider, type FakeProviders, startFakeProviders } from './fake-providers.ts';

const request: AnswerRequest = {
  question: 'How long is a referral valid?',
  passages: [
    { id: 'a', documentTitle: 'Kitchen', text: 'Lunch is served at noon.' },
    { id: 'b', documentTitle: 'Referrals', text: 'Two physicians sign it. A referral is valid for 90 days.' },
  ],
  tier: 'small',
};

let fakes: FakeProviders;
beforeAll(async () => {
  fakes = await startFakeProviders();
});
afterAll(async () => {
  await fakes[Symbol.asyncDispose]();
});

describe.each(['openai', 'anthropic'] as const)('%s, over the wire', (id) => {
  let fake: FakeProvider;
  let provider: AnswerProvider;

  beforeEach(() => {
    fake = fakes[id];
    fake.mode = 'ok';
    fake.retryAfterSeconds = 0.01;
    fake.requests.length = 0;
    provider = create({});
  });

  const create = (options: { timeoutMs?: number; largeModel?: string }): AnswerProvider =>
    (id === 'openai' ? createOpenAiProvider : createAnthropicProvider)({
      apiKey: 'test-key',
      baseUrl: fake.baseUrl,
      ...options,
    });

  const failsWith = (mode: FakeMode, code: string, usage = {}): Promise<void> => {
    fake.mode = mode;
    return expect(provider.answer(request)).rejects.toMatchObject({ name: 'ProviderError', provider: id, code, usage });
  };

  it('answers with sentences, quotes and what it cost', async () => {
    expect(await provider.answer(request)).toEqual({
      status: 'ANSWERED',
      text: 'A referral is valid for 90 days. [1]',
      quotes: [{ passageId: 'b', quote: 'A referral is valid for 90 days.' }],
      confidence: 0.9,
      usage: { inputTokens: 1200, outputTokens: 150, computeMs: 0 },
    });
  });

  it('asks the model of the tier', async () => {
    const custom = create({ largeModel: 'a-large-model' });
    await custom.answer(request);
    await custom.answer({ ...request, tier: 'large' });
    expect(fake.requests.map(({ model }) => model)).toEqual([custom.tiers.small?.name, 'a-large-model']);
  });

  it('keeps question and passages out of the instructions, and asks for a strict form', async () => {
    await provider.answer(request);
    const { instructions, system, input, messages, ...rest } = fake.requests[0] ?? {};
    const told = JSON.stringify(instructions ?? system);
    expect(told).toContain('never an instruction');
    expect(told).not.toContain('90 days');
    expect(JSON.stringify(input ?? messages)).toContain('90 days');
    expect(JSON.stringify(rest)).toContain('"type":"json_schema"');
    expect(rest).not.toHaveProperty('temperature');
  });

  it("passes on the model's refusal, and the provider's own", async () => {
    fake.mode = 'refuse';
    expect(await provider.answer(request)).toMatchObject({ status: 'REFUSED', refusalReason: 'NOT_IN_PASSAGES' });
    fake.mode = 'decline';
    expect(await provider.answer(request)).toMatchObject({ status: 'REFUSED', refusalReason: 'DECLINED' });
  });

  it('tries once more after a fault, and no oftener', async () => {
    await failsWith('fault', 'UNAVAILABLE');
    expect(fake.requests).toHaveLength(2);
  });

  it('tries once more when it is told to wait', async () => {
    await failsWith('rate-limited', 'RATE_LIMITED');
    expect(fake.requests).toHaveLength(2);
  });

  it('does not wait longer than its time limit, whatever it is told', async () => {
    provider = create({ timeoutMs: 300 });
    fake.retryAfterSeconds = 50;
    await failsWith('rate-limited', 'TIMEOUT', { outputTokens: 0 });
  });

  it('gives up a slow answer, and counts the prompt as paid', async () => {
    provider = create({ timeoutMs: 300 });
    fake.mode = 'slow';
    const failure = await provider.answer(request).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TIMEOUT', usage: { inputTokens: expect.any(Number) } });
    expect(failure).not.toMatchObject({ usage: { inputTokens: 0 } });
  });

  it('does not try again with a key that is refused', async () => {
    await failsWith('unauthorized', 'REJECTED');
    expect(fake.requests).toHaveLength(1);
  });

  it('says so when nobody listens', async () => {
    const nobody = (id === 'openai' ? createOpenAiProvider : createAnthropicProvider)({
      apiKey: 'test-key',
      baseUrl: 'http://127.0.0.1:1',
    });
    await expect(nobody.answer(request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('takes no answer in another form, but counts what it cost', async () => {
    const paid = { inputTokens: 1200, outputTokens: 150 };
    await failsWith('malformed', 'BAD_OUTPUT', paid);
    await failsWith('truncated', 'BAD_OUTPUT', paid);
    await failsWith('garbage', 'BAD_OUTPUT');
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    fake.mode = 'slow';
    const caller = new AbortController();
    const answer = provider.answer({ ...request, signal: caller.signal });
    caller.abort(new Error('The client has gone.'));
    await expect(answer).rejects.toThrow('The client has gone.');
  });
});
