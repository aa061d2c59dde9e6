import { CountersignError } from '@countersign/kernel';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  fetchUserInfo,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ServerMetadata,
} from 'openid-client';
import { assertionOf, verifyJwt } from './oidc-verifier.ts';
import { type ProviderDirectory, upstreamFault } from './provider-directory.ts';
import { down, providerTimeoutMs } from './provider-fetch.ts';
import { providerUrl } from './provider-url.ts';
import type { Assertion, IdentityProvider } from './sign-in-desk.ts';

/** What must come back unchanged, or stay secret until then. */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/**
 * Begins a sign-in by authorization code with PKCE S256, state and nonce (OpenID Connect Core 1.0, 3.1; RFC 9700, 2.1).
 * Throws `UPSTREAM_UNAVAILABLE` when the provider does not say where to go.
 */
export async function beginLogin(
  directory: ProviderDirectory,
  provider: IdentityProvider,
  redirectUri: string,
): Promise<LoginSecrets & { readonly address: string }> {
  const client = await configure(directory, provider);
  const { authorization_endpoint } = client.serverMetadata();
  if (!authorization_endpoint) throw down(provider.issuer, 'has no authorization endpoint');
  providerUrl(authorization_endpoint, provider.issuer); // A browser is sent there.
  const secrets = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
  const address = buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: [...new Set(['openid', ...provider.scopes])].join(' '),
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await calculatePKCECodeChallenge(secrets.codeVerifier),
    code_challenge_method: 'S256',
  });
  return { ...secrets, address: address.href };
}

/**
 * Exchanges the code that came back in `callback` and checks what it brought: state, `iss` (RFC 9207), nonce, and the ID
 * token's signature, issuer, audience and times. Claims that only the userinfo endpoint tells are asked for when the ID
 * token has no email. Throws `UNAUTHENTICATED` when something does not fit, `UPSTREAM_UNAVAILABLE` when the provider
 * does not answer.
 */
export async function finishLogin(
  directory: ProviderDirectory,
  provider: IdentityProvider,
  callback: URL,
  { state, nonce, codeVerifier }: LoginSecrets,
): Promise<Assertion> {
  const client = await configure(directory, provider);
  try {
    const checks = {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    };
    const { id_token, access_token } = await authorizationCodeGrant(client, callback, checks);
    // The library leaves the signature to TLS. Ours is checked always, with the algorithms that bearer tokens may have.
    const claims = await verifyJwt(directory, String(id_token), provider.issuer, provider.clientId);
    const asks = typeof claims.email !== 'string' && client.serverMetadata().userinfo_endpoint !== undefined;
    const more = asks ? await fetchUserInfo(client, access_token, claims.sub) : {};
    return assertionOf(provider, { ...more, ...claims });
  } catch (error) {
    throw refusalOf(error, provider.issuer);
  }
}

async function configure(directory: ProviderDirectory, provider: IdentityProvider): Promise<Configuration> {
  const metadata = await directory.metadata(provider.issuer);
  const client = new Configuration(
    metadata,
    provider.clientId,
    { [clockTolerance]: 60 },
    authenticationOf(provider.clientSecret, metadata),
  );
  // The library's bodies are strings and URLSearchParams here, which fetch takes as they are.
  const fetch = directory.fetch(provider.issuer);
  client[customFetch] = (url, { method, headers, body }) =>
    fetch(url, { method, headers, body: body as RequestInit['body'] });
  client.timeout = providerTimeoutMs / 1000;
  if (provider.issuer.startsWith('http:')) allowInsecureRequests(client); // Localhost alone, as `providerUrl` holds.
  return client;
}

/** Basic unless the provider says that it takes the other alone (OpenID Connect Discovery 1.0, 3). */
function authenticationOf(
  secret: string | null,
  { token_endpoint_auth_methods_supported }: ServerMetadata,
): ClientAuth {
  if (secret === null) return None();
  const offered = token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return offered.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

/** In plain words, without a cause: the libraries hang whole answers, and so codes and tokens, on their errors. */
function refusalOf(error: unknown, issuer: string): unknown {
  const known = upstreamFault(error);
  if (known) return known;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'an error';
    return new CountersignError('UNAUTHENTICATED', `The identity provider did not sign you in: ${code}.`);
  }
  if (!(error instanceof ClientError)) return error;
  if (unusable.has(error.code ?? '')) return down(issuer, 'gives an answer that cannot be read');
  return new CountersignError('UNAUTHENTICATED', "The identity provider's answer does not belong to this sign-in.");
}

const unusable = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_TIMEOUT',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
]);
