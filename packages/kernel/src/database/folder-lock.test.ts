import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockFolder, readHolder } from './folder-lock.ts';

describe("the data folder's lock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one process and says by whom and where', () => {
    const lock = lockFolder(folder);
    lock.announce('http://localhost:4000');
    expect(readHolder(folder)).toMatchObject({ pid: process.pid, url: 'http://localhost:4000' });
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'DATA_DIR_IN_USE' }));
    expect(() => lockFolder(folder)).toThrow(`process ${process.pid} (http://localhost:4000)`);
  });

  it('is free again once released', () => {
    lockFolder(folder).release();
    expect(readHolder(folder)).toBeUndefined();
    lockFolder(folder).release();
  });

  it('is taken over from a process that died', () => {
    writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: 2 ** 22 - 1 }));
    lockFolder(folder).release();
  });

  it('is taken over when another process now has the number of the one that died', () => {
    writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
    lockFolder(folder).release();
  });

  it('says so in plain words when the folder cannot be written', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    expect(() => lockFolder(join(file, 'below'))).toThrow(expect.objectContaining({ code: 'DATA_DIR_UNWRITABLE' }));
  });
});
