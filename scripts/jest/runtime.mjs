import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { hold } from './globals.mjs';
import { sourceMaps } from './sources.mjs';

const require = createRequire(import.meta.url);
const runs = new Map();

/**
 * In the place of `jest-runtime`: loads tests, sources and libraries as Node does, once in a worker for all of its
 * suites. Only the test file and Jest's record of its tests are new for each suite. What `jest-runner` and
 * `jest-circus` ask of a runtime, and no more.
 */
class SharedRuntime {
  #environment;

  constructor(_config, environment) {
    this.#environment = environment;
  }

  setGlobalsForRuntime(globals) {
    hold({ ...globals, jest: jestOf(this.#environment.moduleMocker) });
  }

  /** Jest's own part that keeps the tests; evaluated again, as it begins with none. */
  requireInternalModule(path) {
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
      if (perSuite.has(symbol.description)) delete globalThis[symbol];
    }
    delete require.cache[path];
    return require(path);
  }

  requireModule(path) {
    return require(path);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    const run = runs.get(path) ?? 0;
    runs.set(path, run + 1);
    return import(`${pathToFileURL(path)}${run > 0 ? `?run=${run}` : ''}`);
  }

  getSourceMaps() {
    return sourceMaps;
  }

  enterTestCode() {}
  leaveTestCode() {}
  getAllCoverageInfoCopy() {}

  teardown() {
    this.#environment.moduleMocker.restoreAllMocks();
  }
}

/** What `jest-circus` keeps on the global object. */
const perSuite = new Set([
  'JEST_STATE_SYMBOL',
  'EVENT_HANDLERS',
  'TEST_TIMEOUT_SYMBOL',
  'RETRY_TIMES',
  'RETRY_IMMEDIATELY',
  'WAIT_BEFORE_RETRY',
  'LOG_ERRORS_BEFORE_RETRY',
]);

/** `jest` as tests get it. Modules are not mocked, and time is told by the tests' own clocks. */
function jestOf(mocker) {
  const offered = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    replaceProperty: mocker.replaceProperty.bind(mocker),
    mocked: mocker.mocked.bind(mocker),
    isMockFunction: mocker.isMockFunction.bind(mocker),
    clearAllMocks: () => mocker.clearAllMocks(),
    resetAllMocks: () => mocker.resetAllMocks(),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    setTimeout: (ms) => {
      globalThis[Symbol.for('TEST_TIMEOUT_SYMBOL')] = ms;
    },
  };
  return new Proxy(offered, {
    get(target, name) {
      if (name in target) return target[name];
      throw new Error(`jest.${String(name)} is not there: suites share their modules and the clock (scripts/jest).`);
    },
  });
}

// Jest takes it by `require`, which shall give the class itself.
export { SharedRuntime as 'module.exports' };
