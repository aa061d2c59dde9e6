import { problem } from '@countersign/kernel';
import { ToolError } from '@countersign/plugin-sdk';
import type { Health } from './breaker.ts';

/** The call was not made: nothing happened, and no try of the action is used up. */
export class HeldBack extends ToolError {
  constructor(message: string, params: Record<string, string>) {
    super('OTHER_SIDE_UNAVAILABLE', message, { params, effect: 'none', retryable: true });
  }
}

/** Because the other side is sick. */
export function leftAlone(tool: string, { reason, since, nextProbeAt }: Health): HeldBack {
  const times = { since: since.toISOString(), nextProbeAt: nextProbeAt.toISOString() };
  const message = `${tool} is left alone since ${times.since}, as it failed again and again (${reason}); it is tried again at ${times.nextProbeAt}.`;
  return new HeldBack(message, { tool, reason, ...times });
}

/** Whether something was refused because its tool is left alone. */
export const isLeftAlone = (refusal: { readonly params?: unknown } | undefined): boolean =>
  typeof refusal?.params === 'object' && refusal.params !== null && 'nextProbeAt' in refusal.params;

/** Refuses with `OTHER_SIDE_UNAVAILABLE` what is not to be kept waiting: nothing has begun. */
export function refuseLeftAlone(tool: string, health: Health): Promise<never> {
  const { code, message, params = {} } = leftAlone(tool, health);
  return Promise.reject(problem(code, message, ['input', 'actionId'], { ...params }));
}
