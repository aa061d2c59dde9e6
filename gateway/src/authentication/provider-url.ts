import { BlockList, isIP } from 'node:net';
import { CountersignError } from '@countersign/kernel';

/**
 * The address of an identity provider, or of something that its discovery document names, if we may speak to it:
 * `https` (OpenID Connect Discovery 1.0, 3 and 4), `http` on this machine alone, and nothing inside the house that a
 * provider outside of it names. Names are not resolved: what an inner name leads to is for the network to close.
 * Throws `UPSTREAM_UNAVAILABLE`.
 */
export function providerUrl(address: string, issuer: string = address): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw refused(issuer, 'is not a URL');
  if (url.username || url.password) throw refused(issuer, 'must not hold a user or a password');
  if (url.protocol === 'http:' ? !isThisMachine(url.hostname) : url.protocol !== 'https:') {
    throw refused(issuer, 'must begin with https:// (http:// is for localhost alone)');
  }
  if (isInside(url.hostname) && !(URL.canParse(issuer) && isThisMachine(new URL(issuer).hostname))) {
    throw refused(issuer, 'leads to an inner network');
  }
  return url;
}

/** `localhost` and the loopback addresses. */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && loopback.check(host, family(host)))
  );
}

function isInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isThisMachine(hostname) || (isIP(host) !== 0 && inner.check(host, family(host)));
}

const family = (host: string): 'ipv4' | 'ipv6' => (isIP(host) === 6 ? 'ipv6' : 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const inner = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inner.addSubnet(net, bits);
}
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  inner.addSubnet(net, bits, 'ipv6');
}

const refused = (issuer: string, what: string): CountersignError =>
  new CountersignError(
    'UPSTREAM_UNAVAILABLE',
    `An address of the identity provider ${issuer} cannot be used: it ${what}.`,
  );
