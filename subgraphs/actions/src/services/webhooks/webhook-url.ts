import { isIP } from 'node:net';
import { problem, type UserProblem } from '@countersign/kernel';
import { isPublicAddress } from './public-address.ts';
import { type Resolve, resolveHost } from './resolve-host.ts';

const longest = 2_000;
const inputUrl = ['input', 'url'];

/**
 * The address of a webhook, if webhooks may go there: `https`, without user, password and fragment, and to nothing
 * inside the house but the origins that the operator names; `http` to such an origin on this machine alone. A name that
 * does not resolve is taken: it is asked again at each delivery. Refuses with `WEBHOOK_URL_INVALID`,
 * `WEBHOOK_ADDRESS_FORBIDDEN`.
 */
export async function checkWebhookUrl(
  text: string,
  allowed: ReadonlySet<string>,
  resolve: Resolve = resolveHost,
): Promise<string> {
  const url = parse(text);
  if (allowed.has(url.origin)) return url.href;
  const host = bareHost(url);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host).catch(() => []);
  if (url.protocol === 'http:' || addresses.some(({ address }) => !isPublicAddress(address))) throw forbidden(url);
  return url.href;
}

/** The host without the brackets that a URL writes around an IPv6 address. */
const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

function parse(text: string): URL {
  const url = text.length <= longest && URL.canParse(text) ? new URL(text) : null;
  if (!url) throw invalid(`It must be a whole URL of at most ${longest} characters.`);
  if (url.username || url.password) throw invalid('It must not hold a user or a password.');
  if (url.hash) throw invalid('It must not hold a fragment (#): none is ever sent.');
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(bareHost(url));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) throw invalid('It must begin with https://.');
  return url;
}

const invalid = (why: string): UserProblem =>
  problem('WEBHOOK_URL_INVALID', `A webhook cannot go there. ${why}`, inputUrl);

// Says nothing of what the name resolves to: that is the house's own matter.
const forbidden = ({ origin }: URL): UserProblem =>
  problem(
    'WEBHOOK_ADDRESS_FORBIDDEN',
    `${origin} leads to an inner, or otherwise reserved, address. Webhooks go to the public Internet, and to inner origins that the operator of the server allows (COUNTERSIGN_WEBHOOK_ORIGINS).`,
    inputUrl,
    { origin },
  );
