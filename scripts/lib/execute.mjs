import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { root as repository } from './paths.mjs';

/** What the product needs. The binary comes from npm, so the host's own Node may be older. */
const NODE_MAJOR = 26;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs Node 26 with these arguments in the repository's root, until it ends. Returns its exit code; one that died of a
 * signal gives 128 and the signal's number, as a shell does.
 */
export async function execute(args, env = {}) {
  const node = nodeBinary();
  const bin = join(repository, 'node_modules', '.bin');
  return wait(
    spawn(node, args, {
      cwd: repository,
      stdio: 'inherit',
      env: { ...process.env, ...env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    }),
  );
}

/** Runs one step, showing what it prints. @throws an Error with `exitCode` when it fails. */
export async function run(command, args, cwd) {
  // npm is a script on Windows, which only a shell finds.
  const shell = process.platform === 'win32' && command === 'npm';
  // What is printed goes to standard error: standard output belongs to the command that is run at the end.
  const exitCode = await wait(spawn(command, args, { cwd, shell, stdio: ['inherit', 2, 2] }));
  if (exitCode === 0) return;
  throw Object.assign(new Error(`${[command, ...args].join(' ')} failed (exit code ${exitCode})`), { exitCode });
}

/** The Node that npm brought, or the host's own when that is new enough. */
export function nodeBinary(root = repository, hostVersion = process.versions.node) {
  for (const name of process.platform === 'win32' ? ['node.exe', 'node.cmd'] : ['node']) {
    const brought = join(root, 'node_modules', '.bin', name);
    if (existsSync(brought)) return brought;
  }
  if (Number.parseInt(hostVersion, 10) >= NODE_MAJOR) return process.execPath;
  throw new Error(
    `needs Node ${NODE_MAJOR}, and npm has none for ${process.platform}-${process.arch}: install Node ${NODE_MAJOR} or ` +
      `newer yourself (this is ${hostVersion}) and run this again`,
  );
}

/**
 * Waits for a child. A Ctrl-C in a terminal reaches the child by itself, as it is in the same group; sent to this
 * process alone, signals are passed on. Either way it is the child that decides when to end.
 */
async function wait(child) {
  const forwarders = SIGNALS.map((signal) => [signal, () => forward(child, signal)]);
  for (const [signal, handler] of forwarders) process.on(signal, handler);
  try {
    return await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const [signal, handler] of forwarders) process.off(signal, handler);
  }
}

function forward(child, signal) {
  const isFromTerminal = signal === 'SIGINT' && process.stdin.isTTY;
  if (!isFromTerminal) child.kill(signal);
}
