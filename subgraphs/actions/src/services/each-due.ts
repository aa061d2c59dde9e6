import type { EventOrigin, Logger } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';

export interface Due {
  readonly id: string;
  readonly tenantId: string;
}

/** Works on each of them. One that fails is logged, and does not keep the others waiting. Answers whether none failed. */
export async function eachDue<T extends Due>(
  due: readonly T[],
  work: (action: T) => Promise<void>,
  log: Pick<Logger, 'warn'>,
  message: string,
): Promise<boolean> {
  let allDone = true;
  for (const action of due) {
    await work(action).catch((error: unknown) => {
      allDone = false;
      log.warn({ err: error, actionId: action.id }, message);
    });
  }
  return allDone;
}

/** Where the product goes on by itself with what somebody set in motion. */
export const goingOn = (
  { correlationId, workflow, surface }: Pick<Action, 'correlationId' | 'workflow' | 'surface'>,
  principal: EventOrigin['principal'],
): EventOrigin => ({
  principal,
  correlationId,
  workflow: workflow ?? undefined,
  surface: surface ?? undefined,
});
