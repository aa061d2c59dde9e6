import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HospitalError, systemCode } from './errors.ts';
import { type HospitalHealth, healthAt } from './health.ts';

/** Says in a data folder which process serves it, and where. */
interface LockFile {
  readonly pid: number;
  readonly url: string;
}

/**
 * Takes the data folder for this process. A lock whose holder does not answer for this folder is left over from a
 * process that was killed, and is taken over. Returns what lets go of the folder.
 * @throws HospitalError DATA_DIR_IN_USE
 */
export async function takeLock(dataDir: string, url: string): Promise<() => Promise<void>> {
  const path = lockPath(dataDir);
  const content = JSON.stringify({ pid: process.pid, url } satisfies LockFile);
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    const holder = await holderOf(dataDir);
    // At our own address it is we who answer: the port was free, so whoever held the lock there is gone.
    if (holder && holder.url !== url) {
      const { pid, url: held } = holder;
      throw new HospitalError('DATA_DIR_IN_USE', `${dataDir} is served by process ${pid} at ${held}: use that one`);
    }
    await writeFile(path, content);
  }
  return () => rm(path, { force: true });
}

/** The hospital that serves this data folder, when one does. */
export async function holderOf(dataDir: string): Promise<(HospitalHealth & { url: string }) | undefined> {
  const lock = await readLock(dataDir);
  if (!lock) return undefined;
  const health = await healthAt(lock.url);
  return health?.dataDir === dataDir ? { ...health, url: lock.url } : undefined;
}

/** The process that says that it serves this data folder, whether it still lives or not. */
export async function readLock(dataDir: string): Promise<LockFile | undefined> {
  try {
    const lock: unknown = JSON.parse(await readFile(lockPath(dataDir), 'utf8'));
    const isLock = typeof lock === 'object' && lock !== null && 'url' in lock && typeof lock.url === 'string';
    // Only this module writes the file: with a url it is whole.
    return isLock ? (lock as LockFile) : undefined;
  } catch {
    // Absent, or torn by a crash: nobody holds it.
    return undefined;
  }
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'hospital.lock.json');
}
