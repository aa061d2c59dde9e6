import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { LogError } from './log-error.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };
export type JsonObject = { [name: string]: JsonValue };

/** SHA-256 in lower-case hex, 64 characters. */
export type Digest = string;

/**
 * The digest of an object: SHA-256 over its RFC 8785 text, UTF-8, with the member `domain` added. The domain keeps the
 * digest of one kind of thing from ever being passed off as that of another.
 *
 * @throws LogError LOG_NOT_JSON
 */
export function digestOf(domain: string, value: JsonObject): Digest {
  return hash('sha256', canonicalJson({ ...value, domain }));
}

/**
 * RFC 8785 (JSON Canonicalization Scheme): one text for one value, whatever the order of its members.
 *
 * @throws LogError LOG_NOT_JSON for what JSON cannot say: NaN, infinities, lone surrogates, cycles, functions, bigint
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new LogError(
      'LOG_NOT_JSON',
      `Only JSON can be recorded: ${cause instanceof Error ? cause.message : cause}.`,
      {
        cause,
      },
    );
  }
  if (text === undefined) throw new LogError('LOG_NOT_JSON', `Only JSON can be recorded, and ${typeof value} is not.`);
  return text;
}

/**
 * The value as it will come back from the database: members that are undefined left out, dates as text, detached from
 * the caller's object.
 *
 * @throws LogError LOG_NOT_JSON also for U+0000, which PostgreSQL's jsonb refuses
 */
export function asStored(value: unknown): JsonValue {
  const text = canonicalJson(value);
  // An odd run of backslashes before u0000: an even one is text that merely looks like the escape.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) {
    throw new LogError('LOG_NOT_JSON', 'Text with U+0000 cannot be stored: strip it before it is recorded.');
  }
  return JSON.parse(text);
}
