import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Provider } from 'oidc-provider';

export interface TestClient {
  readonly id: string;
  readonly secret: string | null;
  readonly redirectUris: readonly string[];
}

export interface Person {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  readonly department?: string;
}

/** What an API of ours is called at the provider: asking for it gives access tokens that are JWTs. */
export const api = 'urn:countersign:api';

/** A real OpenID provider on a port of this machine, whose one person signs in without being asked. */
export class TestProvider {
  issuer = '';
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #clients: readonly TestClient[];
  #person: Person;
  #keys: JWK[] = [];
  #server: Server | undefined;

  constructor(clients: readonly TestClient[], person: Person) {
    this.#clients = clients;
    this.#person = person;
  }

  /** Starts it, on the port that it had before if it had one, with its own keys or with new ones. */
  async start({ newKeys = false } = {}): Promise<void> {
    if (newKeys || this.#keys.length === 0) this.#keys = [await newKey('RS256'), await newKey('ES256')];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(this.issuer ? Number(new URL(this.issuer).port) : 0, resolve));
    this.issuer = `http://localhost:${(server.address() as AddressInfo).port}`; // It listens on TCP.
    const provider = await quietly(() => this.#provider());
    const callback = provider.callback();
    server.on('request', async (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      this.asked.push(path);
      if (!path.startsWith('/interaction/')) return callback(request, response);
      await provider.interactionFinished(request, response, { login: { accountId: this.#person.sub } });
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  become(person: Person): void {
    this.#person = person;
  }

  /** Signed with the provider's own key: what it would have issued, with whatever claims a test wants. */
  async sign(claims: JWTPayload, { alg = 'RS256', typ = 'at+jwt', header = {} } = {}): Promise<string> {
    const key = this.#keys.find((each) => each.alg === alg);
    if (!key) throw new Error(`No key for ${alg}`);
    return new SignJWT(claims)
      .setProtectedHeader({ alg, kid: key.kid, typ, ...header })
      .sign(await importJWK(key, alg));
  }

  async #provider(): Promise<Provider> {
    const { Provider } = await import('oidc-provider');
    const provider: Provider = new Provider(this.issuer, {
      jwks: { keys: this.#keys as never }, // Its own type of the same thing.
      clients: this.#clients.map(({ id, secret, redirectUris }) => ({
        client_id: id,
        ...(secret === null ? { token_endpoint_auth_method: 'none' as const } : { client_secret: secret }),
        redirect_uris: [...redirectUris],
        grant_types: secret === null ? ['authorization_code'] : ['authorization_code', 'client_credentials'],
        response_types: ['code' as const],
      })),
      cookies: { keys: ['a secret of this test'] },
      pkce: { required: () => true },
      scopes: ['openid', 'email', 'profile'],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'department'] },
      ttl: { AccessToken: 300, ClientCredentials: 300, IdToken: 300, Grant: 300, Interaction: 300, Session: 300 },
      findAccount: (_, sub) => ({
        accountId: sub,
        claims: async () => ({ ...this.#person, sub, email_verified: true }),
      }),
      loadExistingGrant: async ({ oidc }) => {
        // One grant per session and client: a second would end the codes that were given under the first.
        const before = oidc.client && oidc.session?.grantIdFor(oidc.client.clientId);
        const existing = before ? await provider.Grant.find(before) : undefined;
        if (existing) return existing;
        const grant = new provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: '', audience: api, accessTokenFormat: 'jwt' }),
        },
      },
    });
    provider.on('server_error', (_, error) => console.error(error));
    return provider;
  }
}

/** The provider warns that it is not for production, which a test's need not be. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

async function newKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: crypto.randomUUID() };
}
