import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { HospitalError } from './errors.ts';

/** A resource as it is kept: with its id, version and time of writing. */
export type StoredResource = Resource & {
  id: string;
  meta: NonNullable<Resource['meta']> & { versionId: string; lastUpdated: string };
};

/** One line of the journal: one new version of one resource, or its deletion (which is a version too). */
export type JournalEntry =
  | { readonly op: 'create' | 'update'; readonly resource: StoredResource }
  | {
      readonly op: 'delete';
      readonly resourceType: Resource['resourceType'];
      readonly id: string;
      readonly versionId: string;
      readonly lastUpdated: string;
    };

/** Append-only record of everything that was ever written, as one JSON object a line. */
export interface Journal {
  /** Returns once the entries are on the disk (fsync): only then may they be acknowledged. */
  append(entries: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal, making it when there is none, and reads what it holds.
 * A torn last line was never acknowledged and is cut off.
 * @throws HospitalError JOURNAL_DAMAGED for any other line that cannot be read.
 */
export async function openJournal(path: string): Promise<{ journal: Journal; entries: JournalEntry[] }> {
  const file = await open(path, 'a+');
  try {
    const { entries, length } = parse(await readFile(path), path);
    await file.truncate(length);
    await file.sync();
    await syncFolder(dirname(path));
    return { journal: appendTo(file, length), entries };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function parse(content: Buffer, path: string): { entries: JournalEntry[]; length: number } {
  const entries: JournalEntry[] = [];
  let start = 0;
  for (let line = 1; ; line++) {
    const end = content.indexOf(0x0a, start);
    if (end === -1) return { entries, length: start };
    try {
      // Only this module writes the file, so a line that parses is an entry.
      entries.push(JSON.parse(content.toString('utf8', start, end)) as JournalEntry);
    } catch (error) {
      // A power cut can leave a last line of the right length with the wrong bytes.
      if (end === content.length - 1) return { entries, length: start };
      throw new HospitalError('JOURNAL_DAMAGED', `${path} cannot be read at line ${line}: restore it from a copy`, {
        cause: error,
      });
    }
    start = end + 1;
  }
}

function appendTo(file: FileHandle, initialLength: number): Journal {
  let length = initialLength;
  return {
    async append(entries) {
      const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      try {
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        // What was written in part must not stand before the next line.
        await file.truncate(length);
        throw error;
      }
      length += bytes.length;
    },
    close: () => file.close(),
  };
}

/** A new file's name is durable only when its folder is. Windows cannot open folders and needs none of it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
