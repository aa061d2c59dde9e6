import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignInThrottle } from './sign-in-throttle.ts';

describe('the throttle of sign-ins', () => {
  let clock: number;
  let throttle: SignInThrottle;
  beforeEach(() => {
    clock = 1_000_000;
    throttle = new SignInThrottle({ now: () => clock });
  });
  const fail = (times: number, address: string, tenant?: string) => {
    for (let n = 0; n < times; n++) throttle.failed('bearer', address, tenant);
  };
  const heard = (address: string, tenant?: string) => () => throttle.check('bearer', address, tenant);

  it('closes an address after ten failures until the minute of the first is over', () => {
    fail(9, '10.0.0.1');
    clock += 30_000;
    expect(heard('10.0.0.1')).not.toThrow();
    fail(1, '10.0.0.1');
    expect(heard('10.0.0.1')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', extensions: { retryAfter: 30 } }),
    );
    clock += 29_999;
    expect(heard('10.0.0.1')).toThrow('try again in 1 s');
    clock += 1;
    expect(heard('10.0.0.1')).not.toThrow();
    fail(9, '10.0.0.1');
    expect(heard('10.0.0.1')).not.toThrow();
  });

  it('keeps addresses, and logins and bearer tokens, apart', () => {
    fail(10, '10.0.0.1');
    expect(heard('10.0.0.2')).not.toThrow();
    expect(() => throttle.check('login', '10.0.0.1')).not.toThrow();
  });

  it('leaves each address less while a tenant is tried from many, and never closes one that did nothing', () => {
    for (let n = 0; n < 100; n++) fail(1, `10.0.1.${n}`, 'acme');
    expect(heard('10.0.2.1', 'acme')).not.toThrow();
    expect(heard('10.0.1.1', 'acme')).not.toThrow();
    fail(1, '10.0.1.1', 'acme');
    expect(heard('10.0.1.1', 'acme')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    expect(heard('10.0.1.1', 'globex')).not.toThrow();
  });

  it('takes a network of IPv6 for one address, and IPv4 in any dress', () => {
    for (let n = 0; n < 10; n++) fail(1, `2001:db8:0:1::${n + 1}`);
    expect(heard('2001:DB8::1:ffff:0:0:1')).toThrow();
    expect(heard('2001:db8:0:2::1')).not.toThrow();
    fail(10, '::ffff:10.0.0.9');
    expect(heard('10.0.0.9')).toThrow();
    expect(heard('10.0.0.8')).not.toThrow();
  });
});
