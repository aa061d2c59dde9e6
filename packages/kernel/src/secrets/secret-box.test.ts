import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newId } from '../ids.ts';
import { SecretBox } from './secret-box.ts';

describe('a sealed secret', () => {
  const tenant = newId();
  const use = { purpose: 'test', makesFolder: true };
  const key = 'a key of more than thirty-two characters';
  const box = new SecretBox({ secretKey: key, dataDir: '/nonexistent' }, use);

  it('opens as it was, looks different each time, and does not show what it holds', () => {
    const sealed = [box.seal('hunter2 ✓', tenant), box.seal('hunter2 ✓', tenant)];
    for (const each of sealed) expect(box.open(each, tenant)).toBe('hunter2 ✓');
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(Buffer.from(sealed[0] ?? '', 'base64url').toString()).not.toContain('hunter2');
  });

  it('does not open for another tenant, under another key, or when any byte of it was altered', () => {
    const sealed = box.seal('hunter2', tenant);
    expect(() => box.open(sealed, newId())).toThrow('COUNTERSIGN_SECRET_KEY');
    expect(() => new SecretBox({ secretKey: `${key}!`, dataDir: '/nonexistent' }, use).open(sealed, tenant)).toThrow();
    const other = { ...use, purpose: 'another' };
    expect(() => new SecretBox({ secretKey: key, dataDir: '/nonexistent' }, other).open(sealed, tenant)).toThrow();
    const body = Buffer.from(sealed.slice(3), 'base64url');
    for (const at of body.keys()) {
      const altered = Buffer.from(body);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => box.open(`v1.${altered.toString('base64url')}`, tenant)).toThrow();
    }
  });

  it('has its key in a file that is for its owner alone, where none is configured', () => {
    const dataDir = join(mkdtempSync(join(tmpdir(), 'countersign-secrets-')), 'data');
    const sealed = new SecretBox({ dataDir }, use).seal('hunter2', tenant);
    const file = join(dataDir, 'secrets.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    expect(new SecretBox({ dataDir }, use).open(sealed, tenant)).toBe('hunter2');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});
