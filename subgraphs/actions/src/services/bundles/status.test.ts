import { describe, expect, it } from '@jest/globals';
import {
  ALL_BUNDLE_STATUSES,
  BUNDLE_EVENTS,
  type BundleEvent,
  type BundleStatus,
  bundleTransition,
  possibleBundleEvents,
} from './status.ts';

const allEvents = Object.keys(BUNDLE_EVENTS) as BundleEvent[]; // Object.keys forgets the keys' type.

/** All that is possible, said once more in another shape. */
const expected = `
  AWAITING_APPROVAL APPROVE_IN_PART AWAITING_APPROVAL
  AWAITING_APPROVAL APPROVE APPROVED
  AWAITING_APPROVAL REJECT REJECTED
  AWAITING_APPROVAL EXPIRE EXPIRED
  APPROVED REJECT REJECTED
  APPROVED EXPIRE EXPIRED
  APPROVED START EXECUTING
  EXECUTING SUCCEED SUCCEEDED
  EXECUTING STOP STOPPED
  EXECUTING COMPENSATE COMPENSATING
  SUCCEEDED COMPENSATE COMPENSATING
  STOPPED COMPENSATE COMPENSATING
  COMPENSATING COMPLETE COMPENSATED
  COMPENSATING LEAVE_OVER PARTLY_COMPENSATED
  PARTLY_COMPENSATED COMPENSATE COMPENSATING`;

describe('where a bundle stands', () => {
  it('changes in these ways and no others', () => {
    const found = ALL_BUNDLE_STATUSES.flatMap((status) =>
      allEvents.flatMap((event) => {
        const taken = bundleTransition(status, event);
        return taken.ok ? [`${status} ${event} ${taken.next}`] : [];
      }),
    );
    const lines = expected.trim().split('\n');
    expect(found.sort()).toEqual(lines.map((line) => line.trim()).sort());
  });

  it.each(ALL_BUNDLE_STATUSES)('%s refuses what is not possible, and names what is', (status) => {
    for (const event of allEvents) {
      const taken = bundleTransition(status, event);
      if (taken.ok) continue;
      expect(taken.possible).toEqual(possibleBundleEvents(status));
      expect(taken.message).toContain(status);
    }
  });

  it('leaves compensation only by its end: nothing cancels it', () => {
    const ends = possibleBundleEvents('COMPENSATING').map((event) => bundleTransition('COMPENSATING', event));
    const compensated: BundleStatus[] = ['COMPENSATED', 'PARTLY_COMPENSATED'];
    expect(ends.map((taken) => taken.ok && taken.next)).toEqual(compensated);
  });
});
