export interface CookieRule {
  /** Seconds; 0 takes the cookie away. */
  readonly maxAge: number;
  readonly sameSite: 'Lax' | 'Strict';
  readonly secure: boolean;
  readonly path: string;
}

/** One `Set-Cookie` header (RFC 6265) that no script can read. Values are tokens, which need no quoting. */
export function cookie(name: string, value: string, { maxAge, sameSite, secure, path }: CookieRule): string {
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${maxAge}`, 'HttpOnly', `SameSite=${sameSite}`];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}

/** The cookies of a request; of two with one name the first counts. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split(/=(.*)/s);
    if (name && value !== undefined && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}
