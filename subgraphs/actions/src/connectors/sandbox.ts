import type { ForkOptions } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { CHANNEL_KEY } from '@countersign/plugin-sdk';

export interface SandboxOptions {
  /** The one folder that can be read. */
  bundleDir: string;
  /** For the JavaScript heap, in MiB. */
  memoryMb: number;
}

/**
 * How a connector's process is started: Node's permission model without any grant but reading its own folder. No other
 * files, no network (denied since Node 25), no processes, workers, add-ons or environment; what the model leaves open
 * is closed by flags and by the preload.
 *
 * @throws Error on a Node that would leave the network open
 */
export function sandboxed({ bundleDir, memoryMb }: SandboxOptions): ForkOptions {
  if (Number.parseInt(process.versions.node, 10) < 26) {
    throw new Error(`Connectors run on Node 26 or newer, which denies them the network; this is ${process.version}.`);
  }
  return {
    execPath: process.execPath,
    execArgv: [
      '--permission',
      `--allow-fs-read=${realpathSync(bundleDir)}`,
      `--max-old-space-size=${memoryMb}`,
      // SQLite opens files without asking the permission model.
      '--no-experimental-sqlite',
      '--no-experimental-ffi',
      '--no-experimental-webstorage',
      '--disable-sigusr1',
      '--no-warnings',
      '--import',
      `data:text/javascript,${encodeURIComponent(preload)}`,
    ],
    cwd: bundleDir,
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  };
}

/**
 * Runs in the child before any code of the connector's. Takes away what reaches other processes or writes files in
 * spite of the permission model (signals, debugging, priorities, identities, V8's own flags and dumps), and hands the
 * channel to the SDK's runtime alone. A text, because the child may not read the host's files.
 */
const preload = `
import os from 'node:os';
import v8 from 'node:v8';
import { syncBuiltinESMExports } from 'node:module';

for (const scope of ['net', 'fs.write', 'child', 'worker']) {
  if (process.permission?.has(scope) !== false) {
    console.error('The permission model is not in force: ' + scope + ' is open.');
    process.exit(78);
  }
}

const send = process._send;
const channel = Object.freeze({
  send: (message) => void (process.connected && send.call(process, message)),
  onMessage: (listener) => void process.on('message', listener),
  onDisconnect: (listener) => void process.on('disconnect', listener),
});
Object.defineProperty(globalThis, Symbol.for(${JSON.stringify(CHANNEL_KEY)}), { value: channel, configurable: true });

for (const name of [
  'send', '_send', 'kill', '_kill', '_debugProcess', '_debugEnd', 'binding', '_linkedBinding', 'dlopen', 'execve',
  '_getActiveHandles', '_getActiveRequests', 'report', 'initgroups', 'setgroups', 'setegid', 'seteuid', 'setgid',
  'setuid', 'umask', 'chdir', 'loadEnvFile', '_startProfilerIdleNotifier', '_stopProfilerIdleNotifier',
]) delete process[name];
delete os.setPriority;
for (const name of [
  'setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'writeHeapSnapshot', 'takeCoverage', 'stopCoverage',
]) delete v8[name];
syncBuiltinESMExports();
`;
