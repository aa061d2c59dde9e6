import { describe, expect, it } from '@jest/globals';
import { ALL_STATUSES } from './status.ts';
import { transition } from './transition.ts';
import { eventForUndone } from './undo.ts';

describe('an action that is being undone', () => {
  it.each(['DENIED', 'REJECTED', 'EXPIRED', 'FAILED'] as const)('stands as before when its undo is %s', (undo) => {
    expect(eventForUndone(undo, 'SUCCEEDED')).toEqual({ type: 'ABANDON_UNDO', standsAt: 'SUCCEEDED' });
    expect(eventForUndone(undo, 'PARTIALLY_SUCCEEDED')).toMatchObject({ standsAt: 'PARTIALLY_SUCCEEDED' });
  });

  it('is undone when its undo has succeeded, and partly there when a part of it was undone', () => {
    expect(eventForUndone('SUCCEEDED', 'SUCCEEDED')).toEqual({ type: 'COMPLETE_UNDO' });
    expect(eventForUndone('PARTIALLY_SUCCEEDED', 'SUCCEEDED')).toMatchObject({ standsAt: 'PARTIALLY_SUCCEEDED' });
  });

  it('follows every state of its undo by a step that is possible', () => {
    for (const undo of ALL_STATUSES.filter((status) => status !== 'UNDOING' && status !== 'UNDONE')) {
      const event = eventForUndone(undo, 'SUCCEEDED');
      if (event !== null) expect(transition('UNDOING', event).ok).toBe(true);
    }
  });

  it('cannot have an undo that is itself undone', () => {
    expect(() => eventForUndone('UNDONE', 'SUCCEEDED')).toThrow('proposed anew');
  });
});
