import { createHash, randomBytes } from 'node:crypto';

/** A token that means nothing without our database, taken apart. `hash` is what the database knows it by. */
export type OpaqueToken =
  | { readonly kind: 'session'; readonly tenantId: string; readonly hash: string }
  | { readonly kind: 'api_key'; readonly tenantId: string; readonly keyId: string; readonly hash: string };

export interface IssuedToken {
  /** Shown to its owner once and kept nowhere. */
  readonly token: string;
  readonly hash: string;
}

/** `css_TENANT_SECRET`: the tenant's id without dashes and 32 random bytes in base64url. */
export function issueSessionToken(tenantId: string): IssuedToken {
  return issued(`css_${compact(tenantId)}_${secret()}`);
}

/** `csk_TENANT_KEY_SECRET`. Prefixes and fixed lengths let scanners of leaked secrets recognise it. */
export function issueApiKey(tenantId: string, keyId: string): IssuedToken {
  return issued(`csk_${compact(tenantId)}_${compact(keyId)}_${secret()}`);
}

const session = /^css_([0-9a-f]{32})_[\w-]{43}$/;
const apiKey = /^csk_([0-9a-f]{32})_([0-9a-f]{32})_[\w-]{43}$/;

/** Undefined for whatever is not exactly of one of the two forms. Lengths are fixed, since base64url has `_` too. */
export function parseOpaqueToken(token: string): OpaqueToken | undefined {
  const [, tenantOfSession] = session.exec(token) ?? [];
  if (tenantOfSession) return { kind: 'session', tenantId: dashed(tenantOfSession), hash: hashToken(token) };
  const [, tenant, key] = apiKey.exec(token) ?? [];
  if (tenant && key) {
    return { kind: 'api_key', tenantId: dashed(tenant), keyId: dashed(key), hash: hashToken(token) };
  }
  return undefined;
}

/**
 * SHA-256 of the whole token, base64url. A slow hash would add nothing, since 256 random bits cannot be searched; nor
 * would a constant-time comparison, since what is looked up is the hash: how long that takes says something of the
 * hash, from which nobody gets back to a token.
 */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

const issued = (token: string): IssuedToken => ({ token, hash: hashToken(token) });
const secret = (): string => randomBytes(32).toString('base64url');

function compact(id: string): string {
  const digits = id.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) throw new TypeError('An id in a token must be a lower-case UUID.');
  return digits;
}

const dashed = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
