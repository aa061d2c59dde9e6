import type { CallTool } from '../tool-calls.ts';
import { type AtOnce, FairQueue, type Job } from './fair-queue.ts';
import { HeldBack } from './held-back.ts';

/** How many calls one process makes at once, of one tenant, of one tenant's connector; and how many wait, how long. */
export interface CallLimits extends AtOnce {
  /** The most calls of one tenant that wait for their turn; what comes on top of them is refused. */
  readonly queued: number;
  /** The longest that a call waits for its turn, in milliseconds. With the call itself it must fit into a lease. */
  readonly queuedMs: number;
}

export const usualCallLimits: CallLimits = { inAll: 64, perTenant: 32, perUnit: 16, queued: 500, queuedMs: 5_000 };

/** Makes so many calls at once and no more; what is too much waits for its turn, fairly, and is refused in the end. */
export function limitedCalls(call: CallTool, limits: CallLimits): CallTool {
  const queue = new FairQueue<Waiting>(limits);
  const startAll = () => {
    for (let next = queue.take(); next; next = queue.take()) next.start();
  };
  return async (request) => {
    const { tenantId: tenant, tool, lane = 'INTERACTIVE' } = request;
    if (queue.waitingOf(tenant) >= limits.queued) throw tooMuch(tool.name);
    const { promise: turn, resolve: start, reject } = Promise.withResolvers<void>();
    const job = { tenant, unit: `${tenant} ${tool.connector.manifest.name}`, lane, start };
    queue.offer(job);
    const timer = setTimeout(() => queue.withdraw(job) && reject(tooMuch(tool.name)), limits.queuedMs);
    startAll();
    await turn.finally(() => clearTimeout(timer));
    try {
      return await call(request);
    } finally {
      queue.done(job);
      startAll();
    }
  };
}

interface Waiting extends Job {
  readonly start: () => void;
}

const tooMuch = (tool: string): HeldBack =>
  new HeldBack(`Too much is asked of ${tool} at once; nothing was done, and it may be tried again in a moment.`, {
    tool,
    reason: 'BUSY',
  });
