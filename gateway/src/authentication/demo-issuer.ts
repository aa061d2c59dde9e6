import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CountersignError, hasCode } from '@countersign/kernel/basics';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';

const issuer = 'https://demo.countersign.test';
const audience = 'countersign';
const lifetimeSeconds = 3_600;

/** What a verified token says: which address of which tenant. */
export interface TokenSubject {
  readonly email: string;
  readonly tenantId: string;
  /** Milliseconds since 1970 at which the token ends. */
  readonly expiresAt: number;
}

/** Signs and checks the tokens of the demo. Its key lies in the data folder, so that the CLI can sign without a server. */
export class DemoIssuer {
  /** The `iss` of its tokens. */
  readonly issuer = issuer;
  readonly #key: Uint8Array;

  constructor(dataDir: string) {
    this.#key = readOrCreateKey(dataDir);
  }

  async sign(
    email: string,
    tenantId: string,
    lifetime = lifetimeSeconds,
  ): Promise<{ token: string; expiresAt: string }> {
    return this.#sign(email, { tenant: tenantId }, lifetime);
  }

  /** For one of the platform's operators, who is of no tenant. */
  async signOperator(email: string, lifetime = lifetimeSeconds): Promise<{ token: string; expiresAt: string }> {
    return this.#sign(email, { operator: true }, lifetime);
  }

  /** Throws `UNAUTHENTICATED` saying what is wrong with the token. */
  async verify(token: string): Promise<TokenSubject> {
    const payload = await this.#verify(token, 'tenant');
    return { email: String(payload.sub), tenantId: String(payload.tenant), expiresAt: Number(payload.exp) * 1000 };
  }

  /** The operator's address, in small letters. Throws `UNAUTHENTICATED`, also for a token of a tenant's person. */
  async verifyOperator(token: string): Promise<string> {
    const { sub, operator } = await this.#verify(token, 'operator');
    if (operator === true) return String(sub).toLowerCase();
    throw new CountersignError('UNAUTHENTICATED', "The token is refused: it is not one of the platform's operators'.");
  }

  async #sign(subject: string, claims: JWTPayload, lifetime: number): Promise<{ token: string; expiresAt: string }> {
    const expires = Math.floor(Date.now() / 1000) + lifetime;
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(this.#key);
    return { token, expiresAt: new Date(expires * 1000).toISOString() };
  }

  async #verify(token: string, claim: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.#key, {
      issuer,
      audience,
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', claim],
    }).catch((cause: unknown) => {
      throw new CountersignError('UNAUTHENTICATED', `The token is refused: ${reasonOf(cause)}.`, { cause });
    });
    return payload;
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ERR_JWT_EXPIRED') return 'it has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return 'it is of another issuer or for another audience';
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'its signature is not ours';
  return 'it is not a token that we know';
}

function readOrCreateKey(dataDir: string): Uint8Array {
  const file = join(dataDir, 'demo-issuer.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
}
