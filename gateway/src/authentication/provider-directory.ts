import { CountersignError } from '@countersign/kernel';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { allowInsecureRequests, customFetch, discovery, None, type ServerMetadata } from 'openid-client';
import { down, type ProviderFetch, providerFetch, providerTimeoutMs } from './provider-fetch.ts';
import { providerUrl } from './provider-url.ts';
import { Refreshed, type RefreshRule } from './refreshed.ts';

const hour = 3_600_000;
const metadataRule = { freshMs: hour, usableMs: 24 * hour };
const keysRule = { freshMs: hour / 6, usableMs: 6 * hour };

export interface DirectoryOptions {
  /** Between two calls that failures or unknown keys bring about; ten seconds unless told. */
  readonly cooldownMs?: number;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/**
 * What identity providers publish: their endpoints (OpenID Connect Discovery 1.0) for an hour, their keys (RFC 7517) for
 * ten minutes; while a provider is down for a day and for six hours. Only configured issuers are asked for here.
 */
export class ProviderDirectory {
  readonly #metadata = new LRUCache<string, Refreshed<ServerMetadata>>({ max: 10_000 });
  readonly #keys = new LRUCache<string, Refreshed<JWTVerifyGetKey>>({ max: 10_000 });
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions = {}) {
    this.#options = options;
  }

  /** Throws `UPSTREAM_UNAVAILABLE` when the provider does not answer, or not as the one that it should be. */
  metadata(issuer: string): Promise<ServerMetadata> {
    return kept(this.#metadata, issuer, () =>
      this.#refreshed(() => discover(issuer, this.fetch(issuer)), metadataRule),
    ).current();
  }

  /** The keys that the issuer signs with now. */
  keys(issuer: string): Refreshed<JWTVerifyGetKey> {
    return kept(this.#keys, issuer, () =>
      this.#refreshed(async () => {
        const { jwks_uri } = await this.metadata(issuer);
        if (!jwks_uri) throw down(issuer, 'publishes no keys');
        return fetchKeys(jwks_uri, issuer, this.fetch(issuer));
      }, keysRule),
    );
  }

  fetch(issuer: string): ProviderFetch {
    return providerFetch(issuer, this.#options.timeoutMs);
  }

  #refreshed<T>(load: () => Promise<T>, rule: Omit<RefreshRule, 'cooldownMs'>): Refreshed<T> {
    return new Refreshed(load, { cooldownMs: this.#options.cooldownMs ?? 10_000, ...rule }, this.#options.now);
  }
}

function kept<T>(copies: LRUCache<string, Refreshed<T>>, issuer: string, make: () => Refreshed<T>): Refreshed<T> {
  const copy = copies.get(issuer) ?? make();
  copies.set(issuer, copy);
  return copy;
}

async function discover(issuer: string, fetch: ProviderFetch): Promise<ServerMetadata> {
  const url = providerUrl(issuer);
  const options = {
    [customFetch]: fetch,
    timeout: providerTimeoutMs / 1000,
    execute: url.protocol === 'http:' ? [allowInsecureRequests] : [],
  };
  // The client's id has no part in discovery; the library only wants one.
  const metadata = await discovery(url, 'discovery', undefined, None(), options)
    .then((configuration) => configuration.serverMetadata())
    .catch((cause) => {
      throw upstreamFault(cause) ?? down(issuer, 'does not describe itself as OpenID Connect Discovery asks', cause);
    });
  // The library forgives a trailing slash and, for some providers, more. Tokens are held against the exact text.
  if (metadata.issuer !== issuer) throw down(issuer, 'calls itself by another issuer name');
  return metadata;
}

async function fetchKeys(address: string, issuer: string, fetch: ProviderFetch): Promise<JWTVerifyGetKey> {
  const response = await fetch(address, { method: 'GET', headers: { accept: 'application/json' } });
  try {
    if (response.status !== 200) throw new Error(`Status ${response.status}`);
    return createLocalJWKSet((await response.json()) as JSONWebKeySet); // It checks the shape itself and throws.
  } catch (cause) {
    throw down(issuer, 'does not publish its keys as a JSON Web Key Set', cause);
  }
}

/** The fault of `providerFetch` inside whatever a library wrapped around it. */
export function upstreamFault(error: unknown): CountersignError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof CountersignError) return cause;
  }
  return undefined;
}
