import { hash } from 'node:crypto';

/**
 * SHA-256 as a string of 32 characters, one for each byte: what is quickest to get from Node and to compare, where there
 * are several of each entry. Nobody is shown one.
 */
export type ShortDigest = string;

export const shortDigest = (of: Uint8Array): ShortDigest => hash('sha256', of, 'latin1');

/** Whether it stands here in lower-case hex. */
export function isSpelledAt(bytes: Uint8Array, at: number, digest: ShortDigest): boolean {
  for (let index = 0; index < 32; index += 1) {
    const high = hexValues[bytes[at + 2 * index] ?? 0] ?? notHex;
    const low = hexValues[bytes[at + 2 * index + 1] ?? 0] ?? notHex;
    // What is no digit is worth more than 15, so that it never comes to a byte.
    if (high * 16 + low !== digest.charCodeAt(index) || low > 15) return false;
  }
  return true;
}

/** Puts the 32 bytes to `into`, of which this is their spelling in lower-case hex; false when it is none. */
export function putSpelled(bytes: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  for (let index = 0; index < 32; index += 1) {
    const high = hexValues[bytes[at + 2 * index] ?? 0] ?? notHex;
    const low = hexValues[bytes[at + 2 * index + 1] ?? 0] ?? notHex;
    if (high > 15 || low > 15) return false;
    into[to + index] = high * 16 + low;
  }
  return true;
}

/** Puts its bytes here. */
export function putDigest(digest: ShortDigest, into: Uint8Array, to: number): void {
  for (let index = 0; index < 32; index += 1) into[to + index] = digest.charCodeAt(index);
}

const notHex = 0xff;
/** What each byte is worth as a hexadecimal digit in lower case. */
const hexValues = new Uint8Array(256).fill(notHex);
for (const [value, digit] of [...Buffer.from('0123456789abcdef')].entries()) hexValues[digit] = value;

export const isHex = (byte = 0): boolean => hexValues[byte] !== notHex;
