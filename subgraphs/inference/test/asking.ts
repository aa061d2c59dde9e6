import { newId, type Principal } from '@countersign/kernel';
import type { TestSubgraphs } from '@countersign/kernel/testing';
import { expect } from '@jest/globals';
import type { KnownDocument } from './stand-in-graph.ts';

export const text = `# Potassium

Results above 6.0 mmol/L are phoned to the ward within 30 minutes. The call is noted in the patient's record.

## Repeat measurement

A haemolysed sample is measured again from a new venepuncture before anybody is treated.`;

const second = text.indexOf('## Repeat');
export const policy: KnownDocument = {
  id: newId(),
  title: 'Critical laboratory results',
  text,
  passages: [
    { id: newId(), start: 0, end: second },
    { id: newId(), start: second, end: text.length },
  ],
};

export const operation = `mutation($question: String!) {
  answer(input: { question: $question }) {
    answer {
      id question status text confidence refusalCode refusalReason createdAt
      citations { marker quote start end document { id } passage { id } }
      route { tier provider model reason costUsd latencyMs }
      attempts { tier provider model reason outcome inputTokens outputTokens computeMs costUsd latencyMs }
    }
    userErrors { code message path params }
  }
}`;
export const question = 'Within how many minutes are potassium results above 6.0 phoned to the ward?';

export interface Given {
  readonly id: string;
  readonly status: string;
  readonly text: string | null;
  readonly confidence: number | null;
  readonly refusalCode: string | null;
  readonly refusalReason: string | null;
  readonly citations: readonly {
    marker: number;
    quote: string;
    start: number;
    end: number;
    document: { id: string };
    passage: { id: string };
  }[];
  readonly route: { tier: string; provider: string; model: string; costUsd: number };
  readonly attempts: readonly { tier: string; provider: string; outcome: string; costUsd: number }[];
}

/** What the principal is answered. Fails the test for an error of any kind. */
export async function given(house: TestSubgraphs, principal: Principal, asked = question): Promise<Given> {
  const { data, errors } = await house.execute('inference', principal, operation, { question: asked });
  expect(errors).toBeUndefined();
  const { answer } = data as { answer: { answer: Given | null; userErrors: object[] } }; // As the operation selects it.
  expect(answer.userErrors).toEqual([]);
  if (!answer.answer) throw new Error('There is no answer.');
  return answer.answer;
}

/** What the principal's tenant was told of, oldest first. */
export const eventsOf = (house: TestSubgraphs, { tenantId }: Principal): Promise<object[]> =>
  house.database.asRole('relay', (em) =>
    em.execute(
      `select type, payload, principal, surface, correlation_id is not null as correlated
       from kernel.outbox where tenant_id = ? order by occurred_at`,
      [tenantId],
    ),
  );
