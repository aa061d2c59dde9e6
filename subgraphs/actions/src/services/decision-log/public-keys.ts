import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyIdOf } from './tree-head.ts';

/** Public keys by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** An Ed25519 public key from PEM, with its id and its own spelling; null for anything else. */
export function readPublicKey(pem: string): { id: string; key: KeyObject; pem: string } | null {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return { id: keyIdOf(key), key, pem: key.export({ type: 'spki', format: 'pem' }).toString() };
  } catch {
    return null;
  }
}

/** All keys of a PEM file, which may hold several; null when any of it is not an Ed25519 public key. */
export function readPublicKeys(text: string): PublicKeys | null {
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map(readPublicKey).filter((key) => key !== null);
  if (keys.length === 0 || keys.length !== blocks.length) return null;
  return new Map(keys.map(({ id, key }) => [id, key]));
}
