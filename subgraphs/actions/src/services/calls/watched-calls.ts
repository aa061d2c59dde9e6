import { ToolError } from '@countersign/plugin-sdk';
import type { CallTool } from '../tool-calls.ts';
import { kindOf } from './breaker.ts';
import type { Breakers } from './breakers.ts';
import { HeldBack, LeftAlone } from './held-back.ts';

/** Faults that say that the other side, or the way to it, is sick. */
const sick = new Set<string>(['OTHER_SIDE_UNAVAILABLE', 'TIMEOUT', 'CONNECTOR_CRASHED']);
/** Refusals, which only somebody who is well gives. */
const answers = new Set<string>(['NOT_FOUND', 'CONFLICT', 'STALE', 'OTHER_SIDE_REJECTED']);

/** Makes no calls to what is sick, but for the one now and then that finds out, and learns from how each call went. */
export function watchedCalls(call: CallTool, breakers: Breakers): CallTool {
  return async (request) => {
    const whose = { tenantId: request.tenantId, tool: request.tool.name };
    const kind = kindOf(request.operation);
    const leave = await breakers.mayGo(whose, kind);
    if (leave.held) throw new LeftAlone(whose.tool, leave.held);
    try {
      const result = await call(request);
      await breakers.told(whose, kind, 'well', leave.asProbe);
      return result;
    } catch (error) {
      await breakers.told(whose, kind, verdictOf(error), leave.asProbe);
      throw error;
    }
  };
}

function verdictOf(error: unknown): Parameters<Breakers['told']>[2] {
  if (!(error instanceof ToolError) || error instanceof HeldBack) return 'nothing';
  if (answers.has(error.code)) return 'well';
  return sick.has(error.code) ? { ill: error.code } : 'nothing';
}
