import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { BUNDLE } from './load-manifest.ts';
import type { ConnectorLog } from './log.ts';
import { type SandboxOptions, sandboxed } from './sandbox.ts';

/** Starts a bundle in its sandbox. What it prints goes to the log, shortened. */
export function runSandboxed(options: SandboxOptions & { log: ConnectorLog }): ChildProcess {
  const child = fork(join(options.bundleDir, BUNDLE), [], sandboxed(options));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      options.log.debug({ pid: child.pid }, chunk.subarray(0, 2000).toString('utf8').trimEnd());
    });
  }
  return child;
}

/**
 * How a process ended, when it has and everything that it said before has been heard. Not the event `close`: it does
 * not come where the host has let go of the channel first.
 */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let how: string | undefined;
    let isHeardOut = false;
    const settle = () => how !== undefined && isHeardOut && resolve(how);
    child.once('exit', (code, signal) => {
      how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      settle();
    });
    child.once('disconnect', () => {
      isHeardOut = true;
      settle();
    });
    child.on('error', (error) => {
      // Without a process id it never ran; other errors are of single messages.
      if (child.pid === undefined) resolve(`could not be run (${error.message})`);
    });
  });
}

/** Whether the host's process lives on for this one (`ref`) or may end before it (`unref`). */
export function hold(child: ChildProcess, turn: 'ref' | 'unref'): void {
  child[turn]();
  child.channel?.[turn]();
  for (const stream of [child.stdout, child.stderr]) {
    // A pipe is a socket, although its type does not say so.
    (stream as unknown as { ref?(): void; unref?(): void } | null)?.[turn]?.();
  }
}
