import { newId } from '@countersign/kernel';
import { describe, expect, it } from '@jest/globals';
import { measuresOf } from './measures.ts';

const event = (payload: object) => ({
  id: newId(),
  tenantId: newId(),
  type: 'under test',
  payload,
  principal: { kind: 'user', id: newId() },
  workflow: null,
  surface: null,
  correlationId: newId(),
  occurredAt: '2026-11-25T10:00:00Z',
});

const attempt = {
  tier: 'local',
  provider: 'local',
  model: 'extractive-v1',
  inputTokens: 0,
  outputTokens: 0,
  computeMs: 0,
  costUsd: 0,
};
const inference = (...attempts: object[]) =>
  measuresOf.InferenceUsed(event({ answerId: 'a', status: 'ANSWERED', attempts }));
const amounts = (measures: { meter: string; quantity: number }[]) =>
  measures.map(({ meter, quantity }) => [meter, quantity]);

describe('what an event says was used', () => {
  it('is compute time for a local answer, and not the estimate of its cost as well', () => {
    expect(amounts(inference({ ...attempt, computeMs: 12.2, costUsd: 0.0000001 }))).toEqual([
      ['compute.millisecond', 13],
    ]);
  });

  it('is a whole millisecond for a local answer too quick to measure', () => {
    expect(amounts(inference(attempt))).toEqual([['compute.millisecond', 1]]);
  });

  it('is what the provider asks, for each attempt that it asks something for', () => {
    const remote = { ...attempt, tier: 'small', provider: 'openai', model: 'gpt-6-luna' };
    const measures = inference({ ...remote, costUsd: 0.002 }, { ...remote, costUsd: 0 }, { ...attempt, computeMs: 3 });
    expect(amounts(measures)).toEqual([
      ['model.usage', 0.002],
      ['compute.millisecond', 3],
    ]);
    expect(measures[0]?.attributes).toEqual({ tier: 'small', provider: 'openai', model: 'gpt-6-luna' });
  });

  it('is passages and compute time for a document', () => {
    const measures = measuresOf.DocumentIngested(event({ documentId: 'd', title: 't', passages: 4, computeMs: 20 }));
    expect(amounts(measures)).toEqual([
      ['document.passage', 4],
      ['compute.millisecond', 20],
    ]);
  });

  it('is one call of its kind for a tool, also when the call failed', () => {
    const call = {
      actionId: 'a',
      tool: 'fhir.createServiceRequest',
      kind: 'execute',
      durationMs: 8,
      outcome: 'failed',
    };
    expect(amounts(measuresOf.ToolCalled(event(call)))).toEqual([['tool.call.execute', 1]]);
  });

  it('is never less than nothing, and never guessed from a payload that is not its own', () => {
    expect(() => inference({ ...attempt, computeMs: -1 })).toThrow();
    expect(() => measuresOf.ToolCalled(event({ actionId: 'a', tool: 't', kind: 'dance', outcome: 'ok' }))).toThrow();
  });
});
