import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inference } from '../src/index.ts';
import { eventsOf, given, policy, text } from './asking.ts';
import { type FakeProviders, startFakeProviders } from './fake-providers.ts';
import { standInGraph } from './stand-in-graph.ts';

describe('answers by model providers', () => {
  const apiKey = 'test-key';
  let fakes: FakeProviders;
  /** With both providers, OpenAI first; and with Anthropic's alone. */
  let house: TestSubgraphs;
  let withAnthropic: TestSubgraphs;

  beforeAll(async () => {
    fakes = await startFakeProviders();
    const graph = standInGraph([policy]).execute;
    const [openai, anthropic] = [fakes.openai, fakes.anthropic].map(({ baseUrl }) => ({ apiKey, baseUrl }));
    house = await startTestSubgraphs([inference], { graph, config: { openai, anthropic } });
    withAnthropic = await startTestSubgraphs([inference], { graph, config: { anthropic } });
  });
  beforeEach(() => {
    for (const fake of [fakes.openai, fakes.anthropic]) {
      fake.mode = 'ok';
      fake.requests.length = 0;
    }
  });
  afterAll(async () => {
    await house.close();
    await withAnthropic.close();
    await fakes[Symbol.asyncDispose]();
  });

  it.each([
    ['openai', 'gpt-6-luna'],
    ['anthropic', 'claude-haiku-5-5'],
  ] as const)('asks %s when there is a key for it', async (provider, model) => {
    const answer = await given(provider === 'openai' ? house : withAnthropic, testPrincipal());
    expect(answer.status).toBe('ANSWERED');
    expect(answer.route).toMatchObject({ tier: 'SMALL', provider, model });
    expect(answer.route.costUsd).toBeCloseTo((1200 * 0.1 + 150 * 0.5) / 1e6, 12);
    expect(answer.attempts).toMatchObject([{ inputTokens: 1200, outputTokens: 150, outcome: 'ANSWERED' }]);
    for (const { quote, start, end } of answer.citations) expect(text.slice(start, end)).toBe(quote);
    expect(fakes[provider].requests).toHaveLength(1);
  });

  it('falls back from one provider to the other, and from both to no model at all', async () => {
    fakes.openai.mode = 'fault';
    expect((await given(house, testPrincipal())).route).toMatchObject({ provider: 'anthropic', tier: 'SMALL' });
    fakes.anthropic.mode = 'fault';
    const answer = await given(house, testPrincipal());
    expect(answer).toMatchObject({ status: 'ANSWERED', route: { provider: 'local', tier: 'LOCAL' } });
    expect(answer.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
      'openai UNAVAILABLE',
      'anthropic UNAVAILABLE',
      'local ANSWERED',
    ]);
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('meters every attempt that was paid for', async () => {
    fakes.openai.mode = (model) => (model === 'gpt-6-luna' ? 'unsure' : 'ok');
    const principal = testPrincipal();
    const { route } = await given(house, principal);
    expect(route.tier).toBe('LARGE');
    const [event] = await eventsOf(house, principal);
    const { attempts } = (event as { payload: { attempts: { tier: string; costUsd: number }[] } }).payload;
    expect(attempts).toMatchObject([
      { tier: 'small', inputTokens: 1200, outputTokens: 150 },
      { tier: 'large', inputTokens: 1200, outputTokens: 150 },
    ]);
    expect(attempts.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(route.costUsd, 12);
  });

  it.each([
    ['refuse', 'NOT_IN_SOURCES'],
    ['unsure', 'LOW_CONFIDENCE'],
    ['decline', 'DECLINED'],
  ] as const)('refuses when the models %s, in words of our own', async (mode, refusalCode) => {
    fakes.anthropic.mode = mode;
    const answer = await given(withAnthropic, testPrincipal());
    expect(answer).toMatchObject({ status: 'REFUSED', refusalCode, text: null, citations: [] });
    expect(answer.refusalReason).not.toContain('The passages do not say');
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('shows nothing that is quoted from nowhere', async () => {
    fakes.openai.mode = 'misquote';
    const answer = await given(house, testPrincipal());
    expect(answer.text).not.toContain('always allowed');
    expect(answer.route.provider).toBe('local');
    const unrelated = await given(house, testPrincipal(), 'Who won the chess tournament in Reykjavik?');
    expect(unrelated).toMatchObject({ status: 'REFUSED', text: null, citations: [] });
  });
});
