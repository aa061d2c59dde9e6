import { describe, expect, it } from '@jest/globals';
import { providerUrl } from './provider-url.ts';

describe('addresses of identity providers', () => {
  it.each([
    'https://login.example/tenant',
    'https://8.8.8.8/',
    'http://localhost:9000',
    'http://127.0.0.1',
    'http://[::1]:80',
  ])('may be %s', (address) => {
    expect(providerUrl(address).href).toBe(new URL(address).href);
  });

  it.each([
    'http://login.example',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'https://user:word@login.example',
    'ftp://login.example',
    'file:///etc/passwd',
    'login.example',
    '',
  ])('may not be %j', (address) => {
    expect(() => providerUrl(address)).toThrow(expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }));
  });

  it.each([
    'http://localhost/keys',
    'https://localhost/keys',
    'https://127.0.0.1/keys',
    'https://2130706433/keys',
    'https://10.1.2.3/keys',
    'https://172.20.0.1/keys',
    'https://192.168.0.1/keys',
    'https://169.254.169.254/latest',
    'https://[::1]/keys',
    'https://[fd00::1]/keys',
    'https://[fe80::1]/keys',
    'https://[::ffff:10.0.0.1]/keys',
  ])('do not lead from outside to %s', (address) => {
    expect(() => providerUrl(address, 'https://login.example')).toThrow(/inner network/);
  });
});
