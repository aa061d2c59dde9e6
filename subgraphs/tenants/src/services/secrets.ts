import { createHash, randomBytes } from 'node:crypto';

export interface IssuedSecret {
  /** Shown to its owner once and kept nowhere. */
  readonly secret: string;
  /** SHA-256 of the whole secret, base64url: what the key is known by. */
  readonly hash: string;
}

/**
 * The secret of a new API key: `csk_TENANT_KEY_RANDOM`, two ids without dashes and 32 random bytes in base64url. The
 * gateway takes it apart and hashes it in the same way.
 */
export function issueApiKeySecret(tenantId: string, keyId: string): IssuedSecret {
  const random = randomBytes(32).toString('base64url');
  const secret = `csk_${compact(tenantId)}_${compact(keyId)}_${random}`;
  return { secret, hash: createHash('sha256').update(secret).digest('base64url') };
}

const compact = (id: string): string => id.replaceAll('-', '');
