export { requestFingerprint, type ToolCall } from './fingerprint.ts';
export { approvalEvent, type Guard, type GuardCode, mayApprove, mayExecute, mayUndo } from './guards.ts';
export { planHash } from './plan-hash.ts';
export { ACTION_STATUSES, type ActionStatus, ALL_STATUSES } from './status.ts';
export {
  ACTION_EVENTS,
  type ActionEvent,
  type ActionEventType,
  isFinal,
  possibleEvents,
  type StandsAt,
  type Transition,
  transition,
} from './transition.ts';
export { eventForUndone } from './undo.ts';
export { sameWho, type Who } from './who.ts';
