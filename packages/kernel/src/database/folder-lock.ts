import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CountersignError, hasCode } from '../errors.ts';

interface Holder {
  readonly pid: number;
  /** Clock ticks since boot at which the holder began (Linux), so that a reused pid is not taken for the holder. */
  readonly startedAt?: string;
  readonly url?: string;
}

export interface FolderLock {
  /** Notes where the holder can be reached. */
  announce(url: string): void;
  release(): void;
}

/**
 * Takes the data folder for this process: a second process on an embedded database would silently lose its writes.
 * Throws `DATA_DIR_IN_USE` naming the holder, or `DATA_DIR_UNWRITABLE`.
 */
export function lockFolder(dataDir: string): FolderLock {
  const file = join(dataDir, 'lock.json');
  const self: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    for (let attempt = 0; ; attempt += 1) {
      try {
        writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
        break;
      } catch (error) {
        if (!hasCode(error, 'EEXIST') || attempt > 3) throw error;
        const holder = readHolder(dataDir);
        if (holder) throw inUse(dataDir, holder);
        rmSync(file, { force: true });
      }
    }
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw new CountersignError(
      'DATA_DIR_UNWRITABLE',
      `The data folder ${dataDir} cannot be written (${error instanceof Error ? error.message : error}). ` +
        'Choose another with COUNTERSIGN_DATA_DIR, or mend its permissions.',
      { cause: error },
    );
  }
  return {
    announce: (url) => writeFileSync(file, JSON.stringify({ ...self, url })),
    release: () => rmSync(file, { force: true }),
  };
}

/** The living process that holds the folder, if there is one. */
export function readHolder(dataDir: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8'));
    return isAlive(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return holder.startedAt === undefined || holder.startedAt === startOf(holder.pid);
}

/** Field 22 of /proc/PID/stat; undefined where there is no such file system. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : fields[19];
  } catch {
    return undefined;
  }
}

const inUse = (dataDir: string, holder: Holder): CountersignError =>
  new CountersignError(
    'DATA_DIR_IN_USE',
    `The data folder ${dataDir} is in use by process ${holder.pid}${holder.url ? ` (${holder.url})` : ''}. ` +
      'End that process, or choose another folder with COUNTERSIGN_DATA_DIR.',
  );
