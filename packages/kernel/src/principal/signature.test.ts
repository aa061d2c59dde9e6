import { describe, expect, it } from '@jest/globals';
import { newId } from '../ids.ts';
import { servicePrincipal } from './principal.ts';
import { PrincipalSigner } from './signature.ts';

describe('a signed principal', () => {
  const key = 'a key of more than thirty-two characters';
  const signed = { principal: servicePrincipal(newId(), 'gateway', ['tenants:user:read']), origin: { surface: 'api' } };
  const refusal = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return (error as { code: string; message: string }).message;
    }
  };

  it('arrives as it was sent', () => {
    const signer = new PrincipalSigner(key);
    expect(signer.verify(signer.sign(signed, 'tenants', '{}'), 'tenants', '{}')).toEqual(signed);
  });

  it('is refused when it is missing or not ours', () => {
    const signer = new PrincipalSigner(key);
    const foreign = new PrincipalSigner(`${key} of someone else`).sign(signed, 'tenants', '{}');
    for (const header of [undefined, '', 'v1.e30', 'v2.e30.x', foreign]) {
      expect(refusal(() => signer.verify(header, 'tenants', '{}'))).toMatch('is not signed by us');
    }
  });

  it('is refused when any character of it was altered', () => {
    const signer = new PrincipalSigner(key);
    const header = signer.sign(signed, 'tenants', '{}');
    for (let at = 3; at < header.length; at += 7) {
      const altered = header.slice(0, at) + (header[at] === 'A' ? 'B' : 'A') + header.slice(at + 1);
      expect(refusal(() => signer.verify(altered, 'tenants', '{}'))).toMatch('is not signed by us');
    }
  });

  it('is refused for another service, another request, and twice', () => {
    const signer = new PrincipalSigner(key);
    const header = signer.sign(signed, 'tenants', '{}');
    expect(refusal(() => signer.verify(header, 'billing', '{}'))).toMatch('another service');
    expect(refusal(() => signer.verify(header, 'tenants', '{ }'))).toMatch('another request');
    signer.verify(header, 'tenants', '{}');
    expect(refusal(() => signer.verify(header, 'tenants', '{}'))).toMatch('used before');
  });

  it('is refused when it is stale', () => {
    let now = 1_000_000;
    const signer = new PrincipalSigner(key, () => now);
    const header = signer.sign(signed, 'tenants', '{}');
    now += 16_000;
    expect(refusal(() => signer.verify(header, 'tenants', '{}'))).toMatch('stale');
  });
});
