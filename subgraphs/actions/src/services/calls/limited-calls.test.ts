import { describe, expect, it } from '@jest/globals';
import type { CallTool, ToolRequest } from '../tool-calls.ts';
import { HeldBack } from './held-back.ts';
import { limitedCalls, usualCallLimits } from './limited-calls.ts';

/** A call for a tenant; the limits look at nothing else of the tool than its connector's name. */
const callFor = (tenantId: string) =>
  ({
    tool: { name: 'ledger.pay', connector: { manifest: { name: 'ledger' } } },
    operation: 'verify',
    tenantId,
    config: {},
    idempotencyKey: 'key',
    payload: { input: {} },
    timeoutMs: 1_000,
  }) as unknown as ToolRequest<'verify'>;

/** Calls that last until they are ended, the oldest first. */
function slowCalls() {
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const call = (request: ToolRequest): Promise<unknown> => {
    begun.push(request.tenantId);
    return new Promise((resolve) => ends.push(() => resolve({ status: 'not_done' })));
  };
  // Whatever is asked, that is the answer.
  return { call: call as CallTool, begun, end: () => ends.shift()?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('calls at once', () => {
  it('are as many as may be, and the next goes when one has ended, whoever waits longest for a turn', async () => {
    const { call, begun, end } = slowCalls();
    const limited = limitedCalls(call, { ...usualCallLimits, inAll: 2 });
    const all = ['a', 'a', 'a', 'a', 'b'].map((tenant) => limited(callFor(tenant)));
    await settled();
    expect(begun).toEqual(['a', 'a']);
    for (let ended = 0; ended < 5; ended += 1) {
      end();
      await settled();
    }
    expect(begun).toEqual(['a', 'a', 'a', 'b', 'a']);
    expect(await Promise.all(all)).toHaveLength(5);
  });

  it('are refused, with nothing done and to be tried again, when too many wait or one waits too long', async () => {
    const { call, begun, end } = slowCalls();
    const limited = limitedCalls(call, { ...usualCallLimits, perUnit: 1, queued: 1, queuedMs: 20 });
    const first = limited(callFor('a'));
    const late = limited(callFor('a')).catch((error: unknown) => error);
    const tooMany = await limited(callFor('a')).catch((error: unknown) => error);
    for (const refused of [tooMany, await late]) {
      expect(refused).toBeInstanceOf(HeldBack);
      expect(refused).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', effect: 'none', retryable: true });
    }
    end();
    expect(await first).toEqual({ status: 'not_done' });
    expect(begun).toEqual(['a']);
    const next = limited(callFor('a'));
    await settled();
    end();
    expect(await next).toEqual({ status: 'not_done' });
  });
});
