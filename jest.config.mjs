/** One configuration for the whole house: ESM, TypeScript through SWC, sources instead of builds. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: [
    '<rootDir>/{packages,subgraphs,plugins}/*/{src,test}/**/*.test.ts',
    '<rootDir>/gateway/{src,test}/**/*.test.ts',
    '<rootDir>/bench/{src,test}/**/*.test.ts',
    '<rootDir>/test/**/*.test.ts',
  ],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 60_000,
  // Jest leaves one core to its user; most of these tests wait for processes of their own.
  maxWorkers: '100%',
  // What tests load stays in a worker's memory; beyond this it spends its time collecting it.
  workerIdleMemoryLimit: '1200MB',
};
