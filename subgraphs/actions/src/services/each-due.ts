import type { Logger } from '@countersign/kernel';

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
