import { availableParallelism } from 'node:os';

/** One configuration for the whole house: ESM, TypeScript through SWC, sources instead of builds. */
export default {
  // Suites share their worker's modules: see scripts/jest.
  runtime: '<rootDir>/scripts/jest/runtime.mjs',
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  testSequencer: '<rootDir>/scripts/jest/sequencer.mjs',
  testMatch: [
    '<rootDir>/{packages,subgraphs,plugins}/*/{src,test}/**/*.test.ts',
    '<rootDir>/gateway/{src,test}/**/*.test.ts',
    '<rootDir>/bench/{src,test}/**/*.test.ts',
    '<rootDir>/test/**/*.test.ts',
  ],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  transform: {},
  testTimeout: 60_000,
  // More than there are cores: many tests wait for processes of their own.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // What tests load stays in a worker's memory; beyond this it spends its time collecting it.
  workerIdleMemoryLimit: '1200MB',
};
