import { ModuleMocker } from 'jest-mock';

/**
 * The test's world is the worker's own: no vm context, whose every suite would evaluate some two thousand modules again,
 * cold. What a suite changes of the process is put back when it ends.
 */
export default class SharedEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #before = {
    console: globalThis.console,
    env: { ...process.env },
    exit: process.exit,
    exitCode: process.exitCode,
    folder: process.cwd(),
  };

  async setup() {}

  async teardown() {
    const { console, env, exit, exitCode, folder } = this.#before;
    globalThis.console = console;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.exit = exit;
    process.exitCode = exitCode;
    process.chdir(folder);
  }

  exportConditions() {
    return ['source', 'node', 'node-addons'];
  }

  /** Jest wants one to be there; nothing is run in it. */
  getVmContext() {
    return globalThis;
  }
}
