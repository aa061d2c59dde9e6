import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress } from './public-address.ts';
import { type Resolve, resolveHost } from './resolve-host.ts';

/** What a connection fails with that would have led inward. Says not where to. */
export const addressForbidden = 'WEBHOOK_ADDRESS_FORBIDDEN';

/**
 * Connects to public addresses alone, and to whatever the allowed origins lead to. A name is resolved once for each
 * connection, and the address that was looked at is the one that is connected to: a name that leads elsewhere a moment
 * later (DNS rebinding) gains nothing. Follows no redirect, keeps no cookie, speaks HTTP/1.1.
 */
export function guardedAgent(options: {
  readonly allowed: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}): Agent {
  const { allowed, timeoutMs: timeout, resolve = resolveHost } = options;
  const anywhere = buildConnector({ timeout, allowH2: false });
  const outside = buildConnector({ timeout, allowH2: false, lookup: publicLookup(resolve) });
  return new Agent({
    allowH2: false,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: (target, callback) => {
      const { origin } = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
      if (allowed.has(origin)) return anywhere(target, callback);
      // Addresses are never looked up, so nobody else would look at them.
      if (isIP(target.hostname) && !isPublicAddress(target.hostname)) return callback(forbidden(), null);
      outside(target, (...[error, socket]) => {
        if (error) return callback(error, null);
        if (isPublicAddress(socket.remoteAddress ?? '')) return callback(null, socket);
        socket.destroy();
        callback(forbidden(), null);
      });
    },
  });
}

const publicLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, { all }, callback) => {
    const publicOnes = async () => {
      const addresses = await resolve(hostname);
      const [first] = addresses;
      // One inner address among public ones is refused, too: which of them is taken would be chance.
      if (!first || addresses.some(({ address }) => !isPublicAddress(address))) throw forbidden();
      return { first, addresses };
    };
    publicOnes().then(
      ({ first, addresses }) => (all ? callback(null, [...addresses]) : callback(null, first.address, first.family)),
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

const forbidden = (): NodeJS.ErrnoException =>
  Object.assign(new Error('The address is an inner, or otherwise reserved, one.'), { code: addressForbidden });
