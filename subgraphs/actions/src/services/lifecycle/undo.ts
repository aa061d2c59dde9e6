import type { ActionStatus } from './status.ts';
import type { ActionEvent, StandsAt } from './transition.ts';

/**
 * What the state of an undo, an action of its own, means for the action that it undoes. Null: nothing new, the action
 * stays UNDOING while the undo is decided on, done, or not known to be done.
 *
 * @param stoodAt where the action stood when the undo was proposed
 */
export function eventForUndone(undo: ActionStatus, stoodAt: StandsAt): ActionEvent | null {
  switch (undo) {
    case 'SUCCEEDED':
      return { type: 'COMPLETE_UNDO' };
    case 'PARTIALLY_SUCCEEDED':
      return { type: 'ABANDON_UNDO', standsAt: 'PARTIALLY_SUCCEEDED' };
    case 'DENIED':
    case 'REJECTED':
    case 'EXPIRED':
    case 'FAILED':
      return { type: 'ABANDON_UNDO', standsAt: stoodAt };
    case 'PROPOSED':
    case 'AWAITING_APPROVAL':
    case 'APPROVED':
    case 'STALE':
    case 'EXECUTING':
    case 'SUBMITTED':
    case 'UNKNOWN':
      return null;
    case 'UNDOING':
    case 'UNDONE':
      // `mayUndo` refuses the undo of an undo.
      throw new Error(`An undo cannot be ${undo}: to do again what was undone, it is proposed anew.`);
  }
}
