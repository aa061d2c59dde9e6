import { describe, expect, it } from '@jest/globals';
import type { Resolve } from './resolve-host.ts';
import { checkWebhookUrl } from './webhook-url.ts';

const names: Record<string, string[]> = {
  'hooks.example.org': ['93.184.215.14', '2606:4700:4700::1111'],
  'inner.example.org': ['10.1.2.3'],
  'both.example.org': ['93.184.215.14', '192.168.0.1'],
  'mapped.example.org': ['::ffff:169.254.169.254'],
};
const resolve: Resolve = async (host) => {
  const addresses = names[host];
  if (!addresses) throw new Error('ENOTFOUND');
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};
const allowed = new Set(['http://localhost:9000', 'https://inner.example.org']);
const check = (url: string) => checkWebhookUrl(url, allowed, resolve);

describe('the address of a webhook', () => {
  it.each([
    ['a public one', 'https://hooks.example.org/countersign?tenant=acme'],
    ['one whose name does not resolve yet: it is asked again at each delivery', 'https://soon.example.org/'],
    ['a public address', 'https://1.1.1.1/'],
    ['an inner origin that the operator allows', 'https://inner.example.org/hooks'],
    ['this machine, where the operator allows that', 'http://localhost:9000/hooks'],
  ])('is taken: %s', async (_what, url) => {
    expect(await check(url)).toBe(url);
  });

  it.each([
    ['not a URL', 'hooks.example.org'],
    ['of another scheme', 'ftp://hooks.example.org/'],
    ['without TLS', 'http://hooks.example.org/'],
    ['with a password', 'https://user:password@hooks.example.org/'],
    ['with a fragment', 'https://hooks.example.org/#here'],
    ['endless', `https://hooks.example.org/${'a'.repeat(2_000)}`],
  ])('is refused where it is %s', async (_what, url) => {
    await expect(check(url)).rejects.toMatchObject({
      errors: [{ code: 'WEBHOOK_URL_INVALID', path: ['input', 'url'] }],
    });
  });

  it.each([
    ['a name that leads inward', 'https://inner.example.org:8443/'],
    ['a name that leads inward, too', 'https://both.example.org/'],
    ['a name for metadata', 'https://mapped.example.org/'],
    ['this machine', 'http://localhost:9001/'],
    ['this machine in IPv6', 'https://[::1]/'],
    ['an inner address', 'https://192.168.0.1/'],
    ['loopback as one number', 'https://2130706433/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['metadata, mapped', 'https://[::ffff:a9fe:a9fe]/'],
  ])('is forbidden where it is %s', async (_what, url) => {
    await expect(check(url)).rejects.toMatchObject({ errors: [{ code: 'WEBHOOK_ADDRESS_FORBIDDEN' }] });
  });
});
