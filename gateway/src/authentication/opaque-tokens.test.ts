import { createHash } from 'node:crypto';
import { newId } from '@countersign/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { issueApiKey, issueSessionToken, parseOpaqueToken } from './opaque-tokens.ts';

describe('opaque tokens', () => {
  it('say whose they are, for every tenant and key', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (tenantId, keyId) => {
        const session = issueSessionToken(tenantId);
        expect(parseOpaqueToken(session.token)).toEqual({ kind: 'session', tenantId, hash: session.hash });
        const key = issueApiKey(tenantId, keyId);
        expect(parseOpaqueToken(key.token)).toEqual({ kind: 'api_key', tenantId, keyId, hash: key.hash });
      }),
    );
  });

  it('have the form and the hash that are documented', () => {
    const { token, hash } = issueSessionToken('0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b');
    expect(token).toMatch(/^css_0190a1b2c3d47e5f8a6b7c8d9e0f1a2b_[\w-]{43}$/);
    expect(hash).toBe(createHash('sha256').update(token).digest('base64url'));
  });

  it('are never the same twice', () => {
    const tenant = newId();
    expect(new Set(Array.from({ length: 100 }, () => issueSessionToken(tenant).token)).size).toBe(100);
  });

  it('are taken in exactly their form', () => {
    const { token } = issueApiKey(newId(), newId());
    const variants = [`${token}x`, token.slice(0, -1), token.toUpperCase(), ` ${token}`, `${token}\n`];
    for (const wrong of [...variants, token.replace('csk', 'css'), token.replace('_', '-'), '', 'css__']) {
      expect(parseOpaqueToken(wrong)).toBeUndefined();
    }
    expect(() => issueSessionToken("x'; drop table")).toThrow(TypeError);
  });
});
