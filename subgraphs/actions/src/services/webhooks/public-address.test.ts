import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './public-address.ts';

describe('a public address', () => {
  it.each([
    ['1.1.1.1'],
    ['8.8.8.8'],
    ['93.184.215.14'],
    ['172.15.255.255'],
    ['172.32.0.0'],
    ['100.63.255.255'],
    ['100.128.0.0'],
    ['169.253.255.255'],
    ['192.167.255.255'],
    ['223.255.255.255'],
    ['2606:4700:4700::1111'],
    ['2a00:1450:4001:813::200e'],
  ])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this network', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['loopback, further on', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['shared (CGNAT)', '100.64.0.1'],
    ['shared (CGNAT), metadata', '100.100.100.200'],
    ['link-local, metadata', '169.254.169.254'],
    ['metadata in protocol assignments', '192.0.0.192'],
    ["a cloud's platform", '168.63.129.16'],
    ['documentation', '203.0.113.7'],
    ['benchmarking', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped, in hexadecimal', '::ffff:a9fe:a9fe'],
    ['IPv4-mapped, even of a public one', '::ffff:8.8.8.8'],
    ['IPv4-compatible', '::7f00:1'],
    ['NAT64', '64:ff9b::a9fe:a9fe'],
    ['NAT64, local', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:53aa:64c:0:0:0:1'],
    ['unique local', 'fc00::1'],
    ['unique local, metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['discard', '100::1'],
    ['not given out', '4000::1'],
    ['no address', 'localhost'],
    ['nothing', ''],
  ])('is not what is %s: %s', (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  // Said a second time, by other means: what Node's own list finds in the ranges of the registry.
  const special = new BlockList();
  for (const net of [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
    ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4', '192.0.0.0/24', '192.0.2.0/24'],
    ...['198.51.100.0/24', '203.0.113.0/24', '192.88.99.0/24', '192.175.48.0/24', '192.31.196.0/24', '192.52.193.0/24'],
    '168.63.129.16/32',
  ]) {
    const [address = '', bits] = net.split('/');
    special.addSubnet(address, Number(bits));
  }
  const octet = fc.integer({ min: 0, max: 255 });
  const first = fc.oneof(octet, fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224));
  const second = fc.oneof(octet, fc.constantFrom(0, 16, 31, 63, 64, 88, 168, 175, 254));
  const v4 = fc.tuple(first, second, octet, octet).map((octets) => octets.join('.'));

  it('of IPv4 is exactly what no special range holds', () => {
    fc.assert(
      fc.property(v4, (address) => {
        expect(isPublicAddress(address)).toBe(!special.check(address));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never one that carries another inside, whatever that is and however it is written', () => {
    fc.assert(
      fc.property(v4, fc.constantFrom('::ffff:', '::', '64:ff9b::'), (inside, prefix) => {
        const carrying = ipaddr.IPv6.parse(`${prefix}${inside}`);
        for (const written of [`${prefix}${inside}`, carrying.toString(), carrying.toNormalizedString()]) {
          expect(isPublicAddress(written)).toBe(false);
        }
      }),
    );
  });

  it('of IPv6 is in 2000::/3', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const address = groups.map((each) => each.toString(16)).join(':');
        if (isPublicAddress(address)) expect((groups[0] ?? 0) >> 13).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });
});
