import { type UserError, UserProblem } from '@countersign/kernel';
import { ToolError } from '@countersign/plugin-sdk';
import type { Health } from './breaker.ts';

/** The call was not made: nothing happened, and no try of the action is used up. */
export class HeldBack extends ToolError {
  constructor(message: string, params: Record<string, string>) {
    super('OTHER_SIDE_UNAVAILABLE', message, { params, effect: 'none', retryable: true });
  }
}

/** It was not made because the other side is sick, and is left alone until it is well. */
export class LeftAlone extends HeldBack {
  constructor(tool: string, { reason, since, nextProbeAt }: Health) {
    const times = { since: since.toISOString(), nextProbeAt: nextProbeAt.toISOString() };
    const message = `${tool} is left alone since ${times.since}, as it failed again and again (${reason}); it is tried again at ${times.nextProbeAt}.`;
    super(message, { tool, reason, ...times });
  }
}

/** The refusal of what needs a tool that is left alone; who has time waits for it. */
export class RefusedLeftAlone extends UserProblem {}

/** The refusal that a failed call comes to, in these words. */
export const refusedBy = (error: ToolError, ...errors: readonly UserError[]): UserProblem =>
  error instanceof LeftAlone ? new RefusedLeftAlone(...errors) : new UserProblem(...errors);

/** Refuses with `OTHER_SIDE_UNAVAILABLE` what is not to be kept waiting: nothing has begun. */
export function refuseLeftAlone(tool: string, health: Health): Promise<never> {
  const error = new LeftAlone(tool, health);
  const { code, message, params = {} } = error;
  return Promise.reject(refusedBy(error, { code, message, path: ['input', 'actionId'], params: { ...params } }));
}
