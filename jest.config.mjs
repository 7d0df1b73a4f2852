const swc = {
  module: { type: 'es6' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const shared = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/property-seed.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@flagtree/engine$': '<rootDir>/packages/engine/src/index.ts',
    '^@flagtree/engine/(.+)$': '<rootDir>/packages/engine/src/$1/index.ts',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
};

/** Specs of test/ that need no server. */
const WITHOUT_SERVER = ['<rootDir>/test/architecture.spec.ts'];

/** More than half a minute each: `.ci/run` and `npm run test:nightly` run them, `npm test` does not. */
const LONG = '\\.long\\.spec\\.ts$';

const withServers = {
  ...shared,
  setupFilesAfterEnv: ['<rootDir>/test/support/one-more-try.mjs'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

/** `unit` needs nothing but Node; `e2e` drives built servers on a real PostgreSQL (private, or the one that DATABASE_URL names). */
export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{src,packages/*/src}/**/*.spec.ts', ...WITHOUT_SERVER] },
    {
      ...withServers,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      testPathIgnorePatterns: [...WITHOUT_SERVER, LONG],
    },
    ...(process.env.FLAGTREE_TEST_LONG
      ? [{ ...withServers, displayName: 'long', testMatch: ['<rootDir>/test/**/*.long.spec.ts'] }]
      : []),
  ],
  testTimeout: 60_000,
  // servers under test wait more than they work
  maxWorkers: 2,
};
