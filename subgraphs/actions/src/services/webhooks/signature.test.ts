import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signedHeaders } from './signature.ts';

describe('the signature', () => {
  const message = { eventId: '019a0000-0000-7000-8000-000000000000', body: '{"type":"webhook.test","note":"é ✓"}' };
  const [current, previous, other] = [newSecret(), newSecret(), newSecret()];

  it.each([
    ['the current secret', current],
    ['the one of before the rotation', previous],
  ])("is taken by the standard's own library with %s", (_which, secret) => {
    const headers = signedHeaders(message, [current, previous], new Date());
    expect(new Webhook(secret).verify(message.body, headers)).toEqual(JSON.parse(message.body));
  });

  it('is not taken with another secret, body, id or time', () => {
    const headers = signedHeaders(message, [current], new Date());
    const taken = (secret: string, body: string, with_: Record<string, string>) => () =>
      new Webhook(secret).verify(body, { ...headers, ...with_ });
    expect(taken(other, message.body, {})).toThrow('No matching signature');
    expect(taken(current, `${message.body} `, {})).toThrow('No matching signature');
    expect(taken(current, message.body, { 'webhook-id': 'another' })).toThrow('No matching signature');
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(taken(current, message.body, { 'webhook-timestamp': later })).toThrow('No matching signature');
    const old = signedHeaders(message, [current], new Date(Date.now() - 10 * 60_000));
    expect(taken(current, message.body, old)).toThrow('too old');
  });

  it('is made with secrets of 32 random bytes', () => {
    expect(current).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(current.slice(6), 'base64')).toHaveLength(32);
    expect(new Set([current, previous, other]).size).toBe(3);
  });
});
