import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { leafHash } from './merkle.ts';
import { keyIdOf, signTreeHead, type TreeHead, verifyTreeHead } from './tree-head.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const sealedAt = new Date('2026-05-01T08:00:00Z');
const head = signTreeHead({ tenantId: 'acme', treeSize: 3, rootHash: leafHash('00'), sealedAt }, privateKey);

describe('a signed tree head', () => {
  it('is verified with the key that its id names', () => {
    expect(head.keyId).toBe(keyIdOf(publicKey));
    expect(verifyTreeHead(head, publicKey)).toBe(true);
    expect(verifyTreeHead(JSON.parse(JSON.stringify(head)), publicKey)).toBe(true);
  });

  it('is not verified with another key, nor with a key of another kind', () => {
    expect(verifyTreeHead(head, generateKeyPairSync('ed25519').publicKey)).toBe(false);
    expect(verifyTreeHead(head, generateKeyPairSync('ed448').publicKey)).toBe(false);
  });

  it('is not verified with another spelling of the same signature', () => {
    // Of the last character before the padding only two bits count.
    const last = head.signature.at(-3) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const other = `${head.signature.slice(0, -3)}${alphabet[alphabet.indexOf(last) + 1]}==`;
    expect(Buffer.from(other, 'base64')).toEqual(Buffer.from(head.signature, 'base64'));
    expect(verifyTreeHead({ ...head, signature: other }, publicKey)).toBe(false);
  });

  const changes: Partial<TreeHead>[] = [
    { tenantId: 'globex' },
    { treeSize: 4 },
    { rootHash: leafHash('01') },
    { sealedAt: '2026-05-01T08:00:00.001Z' },
    { keyId: 'another' },
    { signature: Buffer.alloc(64).toString('base64') },
    { signature: '' },
  ];
  it.each(changes)('is not verified with %j', (change) => {
    expect(verifyTreeHead({ ...head, ...change }, publicKey)).toBe(false);
  });
});
