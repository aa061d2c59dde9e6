import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.ts';

describe('settings', () => {
  it('have defaults that run the demo on the embedded database', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({ port: 4000, demo: true, host: 'localhost' });
    expect(config.hospital.port).toBe(4080);
    expect(config.dataDir).toMatch(/\.countersign$/);
  });

  it('switch the demo off with a database of your own, unless told', () => {
    const url = 'postgres://app@localhost/countersign';
    expect(loadConfig({ COUNTERSIGN_DATABASE_URL: url }).demo).toBe(false);
    expect(loadConfig({ COUNTERSIGN_DATABASE_URL: url, COUNTERSIGN_DEMO: 'on' }).demo).toBe(true);
  });

  it.each([
    ['COUNTERSIGN_PORT', '70000'],
    ['COUNTERSIGN_DATABASE_URL', 'mysql://x'],
    ['COUNTERSIGN_PRINCIPAL_KEY', 'short'],
    ['COUNTERSIGN_SUBGRAPHS', 'tenants'],
    ['COUNTERSIGN_LOG_KEY', 'a key'],
    ['COUNTERSIGN_DEMO', 'maybe'],
    ['COUNTERSIGN_ANONYMOUS_SOCKETS', '0'],
    ['COUNTERSIGN_ANONYMOUS_PER_IP', 'many'],
    ['COUNTERSIGN_ANONYMOUS_SECONDS', '61'],
    ['COUNTERSIGN_WEBHOOK_ORIGINS', 'hooks.example.org'],
    ['COUNTERSIGN_WEBHOOK_ORIGINS', 'https://hooks.example.org,https://hooks.example.org/path'],
  ])('are refused in one line that names %s', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => loadConfig({ [name]: value })).toThrow(new RegExp(`^[^\n]*${name}[^\n]*$`));
  });

  it('never repeat a secret in their message', () => {
    expect(() => loadConfig({ COUNTERSIGN_PRINCIPAL_KEY: 'hunter2' })).toThrow(expect.not.stringContaining('hunter2'));
  });

  it('open no inner origin to webhooks but those that are named', () => {
    expect(loadConfig({}).webhookOrigins).toEqual(new Set());
    const named = loadConfig({ COUNTERSIGN_WEBHOOK_ORIGINS: 'https://hooks.example.org, http://localhost:9000' });
    expect(named.webhookOrigins).toEqual(new Set(['https://hooks.example.org', 'http://localhost:9000']));
  });

  it('take the key of the log on one line, and only an Ed25519 key', () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(loadConfig({ COUNTERSIGN_LOG_KEY: pem.replaceAll('\n', '\\n') }).logKey).toBe(pem);
    const other = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => loadConfig({ COUNTERSIGN_LOG_KEY: other })).toThrow('Ed25519');
  });
});
