import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type JournalEntry, openJournal } from './journal.ts';

function entry(id: string): JournalEntry {
  return {
    op: 'create',
    resource: { resourceType: 'Patient', id, meta: { versionId: '1', lastUpdated: '2026-01-01T00:00:00.000Z' } },
  };
}

describe('the journal', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journal-'));
    path = join(folder, 'acme.ndjson');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(...ids: string[]): Promise<void> {
    const { journal } = await openJournal(path);
    await journal.append(ids.map(entry));
    await journal.close();
  }

  async function read(): Promise<JournalEntry[]> {
    const { journal, entries } = await openJournal(path);
    await journal.close();
    return entries;
  }

  it('gives back what was appended, in order', async () => {
    await write('a');
    await write('b', 'c');
    expect(await read()).toEqual([entry('a'), entry('b'), entry('c')]);
  });

  it('drops a torn last line and writes on where it began', async () => {
    await write('a');
    await appendFile(path, '{"op":"create","resource":{"resourceType":"Pati');
    await write('b');
    expect(await read()).toEqual([entry('a'), entry('b')]);
  });

  it('drops a last line of wrong bytes', async () => {
    await write('a');
    await appendFile(path, '\0\0\0\0\n');
    expect(await read()).toEqual([entry('a')]);
  });

  it('refuses a journal that is damaged in the middle, and leaves it as it is', async () => {
    await write('a');
    const damaged = `not json\n${await readFile(path, 'utf8')}`;
    await writeFile(path, damaged);
    await expect(read()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED', message: expect.stringContaining('line 1') });
    expect(await readFile(path, 'utf8')).toBe(damaged);
  });
});
