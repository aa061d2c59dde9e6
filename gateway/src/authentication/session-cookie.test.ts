import { newId } from '@countersign/kernel';
import { describe, expect, it } from '@jest/globals';
import { issueApiKey, issueSessionToken } from './opaque-tokens.ts';
import { handshakeAuthorization, sessionAuthorization, sessionCookie } from './session-cookie.ts';

describe('the session cookie', () => {
  const own = 'https://graph.example';
  const { token } = issueSessionToken(newId());
  const cookie = sessionCookie(own, token, 60).split(';')[0];
  const json = { cookie, 'content-type': 'application/json; charset=utf-8' };

  it('over https belongs to this host alone', () => {
    expect(sessionCookie(own, token, 60)).toBe(
      `__Host-countersign_session=${token}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure`,
    );
  });

  it.each([
    ['the browser says that our own page asks', { 'sec-fetch-site': 'same-origin' }],
    ['an older browser names our own origin', { origin: own }],
    ['both say so', { 'sec-fetch-site': 'same-origin', origin: own }],
  ])('counts when %s', (_what, headers) => {
    expect(sessionAuthorization({ ...json, ...headers }, own)).toBe(`Bearer ${token}`);
  });

  it.each([
    ['nobody says where it comes from', {}],
    ['a foreign page asks', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sibling asks', { 'sec-fetch-site': 'same-site', origin: own }],
    ['somebody opened a link', { 'sec-fetch-site': 'none' }],
    ['origins disagree', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['a page without an origin asks', { origin: 'null' }],
    ['a form could have sent it', { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }],
    ['a link could have sent it', { 'sec-fetch-site': 'same-origin', 'content-type': undefined }],
    ['it is another cookie', { 'sec-fetch-site': 'same-origin', cookie: `countersign_session=${token}` }],
    [
      'it holds no session',
      { 'sec-fetch-site': 'same-origin', cookie: `__Host-countersign_session=${issueApiKey(newId(), newId()).token}` },
    ],
  ])('counts for nothing when %s', (_what, headers: Record<string, string | undefined>) => {
    expect(sessionAuthorization({ ...json, ...headers }, own)).toBeUndefined();
  });

  it('counts for a WebSocket that our own page opens, and for no other', () => {
    expect(handshakeAuthorization({ cookie, origin: own }, own)).toBe(`Bearer ${token}`);
    expect(handshakeAuthorization({ cookie, origin: own, 'sec-fetch-site': 'same-origin' }, own)).toBe(
      `Bearer ${token}`,
    );
    for (const headers of [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: own, 'sec-fetch-site': 'same-site' },
    ]) {
      expect(handshakeAuthorization({ cookie, ...headers }, own)).toBeUndefined();
    }
    expect(handshakeAuthorization({ cookie, origin: own }, undefined)).toBeUndefined();
  });

  it('counts for nothing from a page whose origin we do not know', () => {
    expect(sessionAuthorization({ ...json, origin: own }, undefined)).toBeUndefined();
  });
});
