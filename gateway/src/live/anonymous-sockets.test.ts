import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnonymousSockets } from './anonymous-sockets.ts';

const limits = { inAll: 3, perAddress: 2 };

describe('sockets of which it is not known whose they are', () => {
  it('are so many of one address, and so many in all', () => {
    const sockets = new AnonymousSockets(limits);
    const first = sockets.enter('192.0.2.1');
    expect(sockets.enter('192.0.2.1')).not.toBeNull();
    expect(sockets.enter('::ffff:192.0.2.1')).toBeNull();
    expect(sockets.enter('192.0.2.2')).not.toBeNull();
    expect(sockets.enter('192.0.2.3')).toBeNull();
    first?.();
    expect(sockets.enter('192.0.2.3')).not.toBeNull();
  });

  it('of one network of IPv6 count together', () => {
    const sockets = new AnonymousSockets(limits);
    for (const host of ['1', '2']) expect(sockets.enter(`2001:db8:0:1::${host}`)).not.toBeNull();
    expect(sockets.enter('2001:db8:0:1:ffff::3')).toBeNull();
    expect(sockets.enter('2001:db8:0:2::1')).not.toBeNull();
  });

  it('never exceed a limit, and give back each place once, in whatever order they come and go', () => {
    const step = fc.oneof(
      fc.record({ enter: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ leave: fc.nat({ max: 9 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const sockets = new AnonymousSockets(limits);
        const all: { address: string; leave: () => void; isIn: boolean }[] = [];
        for (const each of steps) {
          const within = all.filter(({ isIn }) => isIn);
          if ('enter' in each) {
            const ofAddress = within.filter(({ address }) => address === each.enter);
            const leave = sockets.enter(each.enter);
            expect(leave !== null).toBe(within.length < limits.inAll && ofAddress.length < limits.perAddress);
            if (leave) all.push({ address: each.enter, leave, isIn: true });
          } else {
            const one = all[each.leave];
            one?.leave();
            if (one) one.isIn = false;
          }
          expect(sockets.size).toBe(all.filter(({ isIn }) => isIn).length);
        }
      }),
    );
  });
});
