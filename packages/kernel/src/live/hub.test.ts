import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveHub } from './hub.ts';
import { interruptible, mapEvents } from './streams.ts';

const taken = async <T>(events: AsyncIterator<T>, count: number): Promise<T[]> => {
  const found: T[] = [];
  while (found.length < count) found.push((await events.next()).value);
  return found;
};

describe('a hub of live events', () => {
  it('hands on what happens on the topic from the call on, as far as it is wanted', async () => {
    const hub = new LiveHub<number>();
    hub.publish('a', 1);
    const even = hub.follow('a', (event) => event % 2 === 0);
    for (const event of [2, 3, 4]) hub.publish('a', event);
    hub.publish('b', 6);
    expect(await taken(even, 2)).toEqual([2, 4]);
    const next = even.next();
    hub.publish('a', 8);
    expect(await next).toEqual({ done: false, value: 8 });
  });

  it('for all that happens, gives each follower all of it in order, or ends it where it fell too far behind', async () => {
    const steps = fc.array(fc.oneof(fc.constant('take' as const), fc.integer({ min: 0, max: 9 })), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const hub = new LiveHub<number>({ mostBehind: 4 });
        const [follower, other] = [hub.follow('a'), hub.follow('a')];
        const got: number[] = [];
        const put: number[] = [];
        let behind = 0;
        for (const step of all) {
          if (step !== 'take') {
            hub.publish('a', step);
            put.push(step);
            behind += 1;
            await other.next();
            if (behind > 4) break;
          } else if (behind > 0) {
            got.push((await follower.next()).value as number);
            behind -= 1;
          }
        }
        if (behind > 4) {
          await expect(follower.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_TOO_SLOW' });
          expect((await follower.next()).done).toBe(true);
          expect(hub.size).toBe(1);
        } else {
          expect([...got, ...(await taken(follower, behind))]).toEqual(put);
        }
      }),
    );
  });

  it('keeps nothing of who has left, also while they waited', async () => {
    const hub = new LiveHub<number>();
    const [one, two] = [hub.follow('a'), hub.follow('a')];
    const waiting = one.next();
    await one.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(hub.size).toBe(1);
    await two.return();
    expect(hub.size).toBe(0);
  });

  it('ends everyone with one error', async () => {
    const hub = new LiveHub<number>();
    const [waiting, later] = [hub.follow('a'), hub.follow('b')];
    const next = waiting.next();
    hub.publish('b', 1);
    hub.interrupt(new Error('lost'));
    await expect(next).rejects.toThrow('lost');
    await expect(later.next()).rejects.toThrow('lost');
    expect(hub.size).toBe(0);
  });
});

describe('a stream made of another one', () => {
  it('leaves out what becomes nothing, and leaves its source when it is left', async () => {
    const hub = new LiveHub<number>();
    const doubled = mapEvents(hub.follow('a'), async (event) => (event > 1 ? event * 2 : undefined));
    for (const event of [1, 2, 3]) hub.publish('a', event);
    expect(await taken(doubled, 2)).toEqual([4, 6]);
    const waiting = doubled.next();
    await doubled.return();
    expect((await waiting).done).toBe(true);
    expect(hub.size).toBe(0);
  });

  it('leaves its source when it was never begun', async () => {
    const hub = new LiveHub<number>();
    await mapEvents(hub.follow('a'), async (event) => event).return();
    expect(hub.size).toBe(0);
  });

  it('ends with what its making throws, and leaves its source', async () => {
    const hub = new LiveHub<number>();
    const failing = mapEvents(hub.follow('a'), () => Promise.reject(new Error('no')));
    hub.publish('a', 1);
    await expect(failing.next()).rejects.toThrow('no');
    expect((await failing.next()).done).toBe(true);
    expect(hub.size).toBe(0);
  });

  it('can be ended from outside while the next event is waited for, or before it is asked for', async () => {
    const hub = new LiveHub<number>();
    let ends = 0;
    const begun = () => interruptible(hub.follow('a'), () => (ends += 1));
    const [waiting, idle] = [begun(), begun()];
    const next = waiting.events.next();
    for (const { interrupt } of [waiting, idle]) interrupt(new Error('over'));
    await expect(next).rejects.toThrow('over');
    await expect(idle.events.next()).rejects.toThrow('over');
    for (const { events } of [waiting, idle]) expect((await events.next()).done).toBe(true);
    expect({ ends, followers: hub.size }).toEqual({ ends: 2, followers: 0 });
  });
});
