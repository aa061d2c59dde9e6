import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { readPieces } from './read-pieces.ts';
import { type FileOptions, type FileReport, verifyLogFile } from './verify-file.ts';

/** From this size on it is worth while to begin other threads. */
const largeFile = 32 * 1024 * 1024;
const mostThreads = 3;

/** `verifyLogFile` of what lies here, with as many threads as are worth while unless told how many. */
export async function verifyLogAt(path: string, options: FileOptions = {}): Promise<FileReport> {
  return verifyLogFile(readPieces(path), { ...options, threads: options.threads ?? threadsFor(path) });
}

function threadsFor(path: string): number {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
  return size < largeFile ? 0 : Math.min(availableParallelism() - 1, mostThreads);
}
