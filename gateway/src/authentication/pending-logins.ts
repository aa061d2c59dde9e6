import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { cookie, readCookies } from './cookies.ts';

const lifetimeSeconds = 600;
const audience = 'countersign:login';
const prefix = 'countersign_login_';
/** Logins that one browser may have under way, in as many tabs. Each is a cookie, and headers have a limit. */
const mostUnderWay = 4;

const pendingLogin = z.object({
  tenant: z.string(),
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
});
export type PendingLogin = z.infer<typeof pendingLogin>;

/**
 * Logins between the redirect to the provider and the way back. They live in the browser that began them, in a cookie
 * that only we can read (JWE, RFC 7516: `dir`, `A256GCM`) and that ends after ten minutes: any gateway of several with
 * the same secret can finish one, nothing is kept here that somebody could fill up, and another browser has no part in
 * it. The cookie goes along on the way back only because that is a top-level `GET` (`SameSite=Lax`).
 */
export class PendingLogins {
  readonly #key: Uint8Array;

  /** Without a secret of at least 32 characters the key is this process's own, and logins end with it. */
  constructor(secret?: string) {
    this.#key = secret ? new Uint8Array(hkdfSync('sha256', secret, '', audience, 32)) : new Uint8Array(randomBytes(32));
  }

  /** The `Set-Cookie` headers that begin a login. Where too many are under way the others are given up. */
  async begin(login: PendingLogin, cookieHeader: string | undefined, secure: boolean): Promise<string[]> {
    const sealed = await new EncryptJWT(login)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(audience)
      .setExpirationTime(`${lifetimeSeconds}s`)
      .encrypt(this.#key);
    const before = [...readCookies(cookieHeader).keys()].filter((name) => name.startsWith(prefix));
    const givenUp = before.length < mostUnderWay ? [] : before;
    return [
      ...givenUp.map((name) => ended(name, secure)),
      header(nameOf(login.state), sealed, lifetimeSeconds, secure),
    ];
  }

  /** The login that this browser began with the state, in the last ten minutes; undefined when it began none such. */
  async resume(state: string, cookieHeader: string | undefined): Promise<PendingLogin | undefined> {
    const sealed = readCookies(cookieHeader).get(nameOf(state));
    const login = sealed === undefined ? undefined : await this.#open(sealed);
    return login?.state === state ? login : undefined;
  }

  /** The `Set-Cookie` header after a login, however it ended. */
  end(state: string, secure: boolean): string {
    return ended(nameOf(state), secure);
  }

  async #open(sealed: string): Promise<PendingLogin | undefined> {
    const options = { audience, keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    const opened = await jwtDecrypt(sealed, this.#key, options).catch(() => undefined);
    return pendingLogin.safeParse(opened?.payload).data;
  }
}

const nameOf = (state: string): string =>
  `${prefix}${createHash('sha256').update(state).digest('base64url').slice(0, 12)}`;
const header = (name: string, value: string, maxAge: number, secure: boolean): string =>
  cookie(name, value, { maxAge, sameSite: 'Lax', secure, path: '/auth' });
const ended = (name: string, secure: boolean): string => header(name, '', 0, secure);
