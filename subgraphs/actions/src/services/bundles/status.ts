/** Where a bundle stands. Each text is the description of the enum value in the graph. */
export const BUNDLE_STATUSES = {
  AWAITING_APPROVAL: 'Previewed; some of its steps still lack approvals.',
  APPROVED: 'All of its steps may be executed as previewed.',
  DENIED: 'A policy forbids one of its steps. Final.',
  REJECTED: 'Someone who was asked refused it, or its maker took it back. Nothing was done. Final.',
  EXPIRED: 'Nobody approved it, or nobody executed it, in time. Nothing was done. Final.',
  EXECUTING: 'Its steps are being executed, one after another.',
  SUCCEEDED: 'All of its steps are done.',
  STOPPED: 'A step failed, or it was cancelled: what was done stands, and the rest is not done.',
  COMPENSATING: 'What was done is being taken back, the last step first. It cannot be stopped.',
  COMPENSATED: 'Nothing of it stands any more. Final.',
  PARTLY_COMPENSATED: 'What could be taken back was; the steps in `leftOver` stand, and a person has to look.',
} as const;

export type BundleStatus = keyof typeof BUNDLE_STATUSES;

export const ALL_BUNDLE_STATUSES = Object.keys(BUNDLE_STATUSES) as BundleStatus[]; // Object.keys forgets the keys' type.

/** What can happen to a bundle. */
export const BUNDLE_EVENTS = {
  APPROVE_IN_PART: 'Someone approved, and some step still lacks approvals.',
  APPROVE: 'The last approval that any step lacked was given.',
  REJECT: 'Someone who was asked refused, or its maker takes it back.',
  EXPIRE: 'Its time ran out before it was begun.',
  START: 'Its first step is about to be begun.',
  SUCCEED: 'Its last step is done.',
  STOP: 'A step failed, or it was cancelled, and what was done is to stand.',
  COMPENSATE: 'What was done is to be taken back: a step failed, it was cancelled, or somebody undoes it.',
  COMPLETE: 'All that was done is taken back.',
  LEAVE_OVER: 'All is taken back that could be.',
} as const;

export type BundleEvent = keyof typeof BUNDLE_EVENTS;

export type BundleTransition =
  | { readonly ok: true; readonly next: BundleStatus }
  | { readonly ok: false; readonly message: string; readonly possible: readonly BundleEvent[] };

/** Where an event takes a bundle. Nothing but its end leads out of COMPENSATING: it cannot be cancelled. */
export function bundleTransition(status: BundleStatus, event: BundleEvent): BundleTransition {
  const next = TABLE[status][event];
  if (next !== undefined) return { ok: true, next };
  const possible = possibleBundleEvents(status);
  const message =
    possible.length === 0
      ? `${event} is not possible: the bundle is ${status}, which is final.`
      : `${event} is not possible while the bundle is ${status}; possible are ${possible.join(', ')}.`;
  return { ok: false, message, possible };
}

export function possibleBundleEvents(status: BundleStatus): BundleEvent[] {
  // Object.keys forgets the keys' type.
  return (Object.keys(BUNDLE_EVENTS) as BundleEvent[]).filter((event) => TABLE[status][event] !== undefined);
}

const TABLE: Record<BundleStatus, Partial<Record<BundleEvent, BundleStatus>>> = {
  AWAITING_APPROVAL: {
    APPROVE_IN_PART: 'AWAITING_APPROVAL',
    APPROVE: 'APPROVED',
    REJECT: 'REJECTED',
    EXPIRE: 'EXPIRED',
  },
  APPROVED: { REJECT: 'REJECTED', EXPIRE: 'EXPIRED', START: 'EXECUTING' },
  EXECUTING: { SUCCEED: 'SUCCEEDED', STOP: 'STOPPED', COMPENSATE: 'COMPENSATING' },
  SUCCEEDED: { COMPENSATE: 'COMPENSATING' },
  STOPPED: { COMPENSATE: 'COMPENSATING' },
  COMPENSATING: { COMPLETE: 'COMPENSATED', LEAVE_OVER: 'PARTLY_COMPENSATED' },
  PARTLY_COMPENSATED: { COMPENSATE: 'COMPENSATING' },
  DENIED: {},
  REJECTED: {},
  EXPIRED: {},
  COMPENSATED: {},
};
