import { servicePrincipal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inference } from '../src/index.ts';
import { eventsOf, given, operation, policy, question, text } from './asking.ts';
import { type StandInGraph, standInGraph } from './stand-in-graph.ts';

describe('answers without a model provider', () => {
  let graph: StandInGraph;
  let house: TestSubgraphs;

  beforeAll(async () => {
    graph = standInGraph([policy]);
    house = await startTestSubgraphs([inference], { graph: (...args) => graph.execute(...args) });
  });
  beforeEach(() => {
    graph = standInGraph([policy]);
  });
  afterAll(() => house.close());

  it('answers in the words of the sources, with quotes that stand where they say', async () => {
    const answer = await given(house, testPrincipal());
    expect(answer).toMatchObject({ status: 'ANSWERED', refusalCode: null, refusalReason: null });
    expect(answer.text).toContain('within 30 minutes');
    expect(answer.text).toContain('[1]');
    expect(answer.confidence).toBeGreaterThan(0.5);
    expect(answer.citations.length).toBeGreaterThan(0);
    for (const { quote, start, end, document } of answer.citations) {
      expect(document.id).toBe(policy.id);
      expect(text.slice(start, end)).toBe(quote);
    }
  });

  it('gives offsets into the whole document for a passage that is not its first', async () => {
    const { citations } = await given(house, testPrincipal(), 'How is a haemolysed sample measured again?');
    expect(citations).toMatchObject([
      { marker: 1, document: { id: policy.id }, passage: { id: policy.passages[1]?.id } },
    ]);
    expect(citations[0]?.start).toBe(text.indexOf('A haemolysed'));
  });

  it('says which way the answer took, and never that it cost nothing', async () => {
    const { route, attempts } = await given(house, testPrincipal());
    expect(route).toMatchObject({ tier: 'LOCAL', provider: 'local' });
    expect(route.costUsd).toBeGreaterThan(0);
    expect(attempts).toMatchObject([{ tier: 'LOCAL', provider: 'local', outcome: 'ANSWERED', inputTokens: 0 }]);
  });

  it('asks the graph once, as the caller', async () => {
    const principal = testPrincipal();
    await given(house, principal);
    expect(graph.asked.map(({ context }) => context.principal)).toEqual([principal]);
    expect(graph.asked[0]?.variables).toMatchObject({ query: question });
  });

  it('refuses when the sources speak of something else', async () => {
    const answer = await given(house, testPrincipal(), 'Who won the chess tournament in Reykjavik?');
    expect(answer).toMatchObject({ status: 'REFUSED', refusalCode: 'NOT_IN_SOURCES', text: null, confidence: null });
    expect(answer.refusalReason).toMatch(/\w+ \w+/);
    expect(answer.citations).toEqual([]);
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('refuses when the caller may read nothing about it', async () => {
    graph.found = [];
    const answer = await given(house, testPrincipal());
    expect(answer).toMatchObject({ status: 'REFUSED', refusalCode: 'NOT_IN_SOURCES' });
    expect(answer.route.costUsd).toBeGreaterThan(0);
  });

  it('tells what an answer used, in the transaction that stores it', async () => {
    const principal = testPrincipal();
    const { id, attempts } = await given(house, principal);
    expect(await eventsOf(house, principal)).toEqual([
      {
        type: 'InferenceUsed',
        payload: {
          answerId: id,
          status: 'ANSWERED',
          attempts: [
            {
              tier: 'local',
              provider: 'local',
              model: 'extractive-v1',
              inputTokens: 0,
              outputTokens: 0,
              computeMs: expect.any(Number),
              costUsd: attempts[0]?.costUsd,
            },
          ],
        },
        principal: { kind: 'user', id: principal.id },
        surface: 'test',
        correlated: true,
      },
    ]);
  });

  it.each([
    ['QUESTION_EMPTY', ''],
    ['QUESTION_EMPTY', ' \n\t\0'],
    ['QUESTION_TOO_LONG', 'x'.repeat(4_001)],
  ])('answers %s to a question that cannot be asked, and asks nobody', async (code, asked) => {
    const principal = testPrincipal();
    const { data } = await house.execute('inference', principal, operation, { question: asked });
    expect(data).toMatchObject({ answer: { answer: null, userErrors: [{ code, path: ['input', 'question'] }] } });
    expect(graph.asked).toEqual([]);
    expect(await eventsOf(house, principal)).toEqual([]);
  });

  it('takes a question of 4,000 characters, and one with a NUL and half a character in it', async () => {
    await given(house, testPrincipal(), question.padEnd(4_000, '?'));
    await given(house, testPrincipal(), `\ud83d\0 ${question}`);
  });

  it('answers nothing once the budget is spent', async () => {
    const principal = testPrincipal();
    graph.budget = { monthlyUsd: 100, spentUsd: 100 };
    const { data, errors } = await house.execute('inference', principal, operation, { question });
    expect(data).toEqual({ answer: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BUDGET_EXCEEDED', monthlyUsd: 100, spentUsd: 100 });
    expect(await eventsOf(house, principal)).toEqual([]);
  });

  it('answers a tenant whose budget is not known yet, and a machine', async () => {
    graph.budget = null;
    await given(house, testPrincipal());
    await given(house, servicePrincipal(testPrincipal().tenantId, 'checker', ['inference:answer:create']));
  });

  it('passes on what the graph refuses the caller', async () => {
    graph.refusal = { code: 'FORBIDDEN', message: 'This needs the permission knowledge:document:read.' };
    const { data, errors } = await house.execute('inference', testPrincipal(), operation, { question });
    expect(data).toEqual({ answer: null });
    expect(errors?.[0]).toMatchObject({ message: graph.refusal.message, extensions: { code: 'FORBIDDEN' } });
  });
});
