import { UserProblem } from '@countersign/kernel';
import { ToolError } from '@countersign/plugin-sdk';
import { describe, expect, it } from '@jest/globals';
import type { Health } from './breaker.ts';
import { HeldBack, LeftAlone, RefusedLeftAlone, refusedBy, refuseLeftAlone } from './held-back.ts';

const sick = {
  reason: 'TIMEOUT',
  since: new Date('2026-07-01T08:00:00Z'),
  nextProbeAt: new Date('2026-07-01T08:01:00Z'),
} as Health; // Nothing else is told of.

const words = { code: 'OTHER_SIDE_UNAVAILABLE', message: 'Not now.', path: null, params: null };

describe('a call that is held back', () => {
  it('since its tool is left alone comes to a refusal of its own kind, which says until when', async () => {
    const error = new LeftAlone('notes.addNote', sick);
    expect(error).toBeInstanceOf(HeldBack);
    expect(refusedBy(error, words)).toBeInstanceOf(RefusedLeftAlone);
    await expect(refuseLeftAlone('notes.addNote', sick)).rejects.toBeInstanceOf(RefusedLeftAlone);
    await expect(refuseLeftAlone('notes.addNote', sick)).rejects.toMatchObject({
      errors: [
        {
          code: 'OTHER_SIDE_UNAVAILABLE',
          path: ['input', 'actionId'],
          params: {
            tool: 'notes.addNote',
            reason: 'TIMEOUT',
            since: '2026-07-01T08:00:00.000Z',
            nextProbeAt: '2026-07-01T08:01:00.000Z',
          },
        },
      ],
    });
  });

  it.each([
    ['too much is asked at once', new HeldBack('Too much.', { tool: 'notes.addNote', reason: 'BUSY' })],
    [
      'a tool says by itself when it will be there',
      new ToolError('OTHER_SIDE_UNAVAILABLE', 'Later.', { params: { nextProbeAt: '2026-07-01T08:01:00Z' } }),
    ],
  ])('is not taken for that where %s', (_what, error) => {
    const refusal = refusedBy(error, words);
    expect(refusal).toBeInstanceOf(UserProblem);
    expect(refusal).not.toBeInstanceOf(RefusedLeftAlone);
  });
});
