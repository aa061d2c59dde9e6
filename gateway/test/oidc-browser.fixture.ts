/** Follows redirects one at a time and keeps cookies per origin, as a browser does, so that a test can step between. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request; the answer's redirect is not followed. */
  async get(address: string, headers: Record<string, string> = {}): Promise<Response> {
    const { origin } = new URL(address);
    const jar = this.cookiesOf(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirects until one leads to the origin given, and answers that address without going there. */
  async until(origin: string, address: string): Promise<string> {
    let next = address;
    for (let hops = 0; hops < 10; hops++) {
      const response = await this.get(next);
      const location = response.headers.get('location');
      if (!location) throw new Error(`${next} led nowhere: ${response.status} ${await response.text()}`);
      next = new URL(location, next).href;
      if (new URL(next).origin === origin) return next;
    }
    throw new Error('Too many redirects');
  }

  cookiesOf(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}
