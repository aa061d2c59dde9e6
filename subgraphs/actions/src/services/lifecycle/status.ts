/**
 * Where an action stands. The whole list is public from the first day, so that no client breaks when a connector first
 * uses one of them. Each text is the description of the enum value in the graph.
 */
export const ACTION_STATUSES = {
  PROPOSED: 'Asked for and previewed; the policies have not decided yet what it needs.',
  AWAITING_APPROVAL: 'Previewed and permitted, if someone other than its maker approves exactly this plan.',
  APPROVED: 'May be executed as previewed: it was approved, or nobody needed to be asked.',
  DENIED: 'A policy forbids it. Final.',
  REJECTED: 'Someone who was asked refused it, or its maker withdrew it. Final.',
  EXPIRED: 'Nobody approved it, or nobody executed it, in time. Final.',
  STALE: 'What would happen now is no longer what was previewed: it has to be previewed, and approved, again.',
  EXECUTING: 'Being done at this moment; its intent is recorded.',
  SUCCEEDED: 'Done: the other side has confirmed all of it.',
  SUBMITTED: 'The other side has taken it and will answer later.',
  PARTIALLY_SUCCEEDED: 'The other side has done a part of it and refused the rest; the outcome says which.',
  FAILED: 'It was tried, and nothing took effect. It may be tried again under the same approval.',
  UNKNOWN: 'It was tried, and whether it took effect is not known yet: the other side is being asked.',
  UNDOING: 'An undo of it is under way: an action of its own, which may itself need approval.',
  UNDONE: 'It was done, and an undo has succeeded. Final.',
} as const;

export type ActionStatus = keyof typeof ACTION_STATUSES;

export const ALL_STATUSES = Object.keys(ACTION_STATUSES) as ActionStatus[]; // Object.keys forgets the keys' type
