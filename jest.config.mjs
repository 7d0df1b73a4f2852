import { doorsOf, workspaces } from './scripts/setup/packages/workspaces.mjs';

const swc = (tsx) => ({
  module: { type: 'es6' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true, tsx },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic' },
    },
  },
});

/** Specs read the packages of the repository from their sources. */
const SOURCES = Object.fromEntries(
  workspaces()
    .flatMap((workspace) => Object.entries(doorsOf(workspace)))
    .map(([door, source]) => [`^${door}$`, `<rootDir>/${source}`]),
);

const shared = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/jest/property-seed.mjs'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...SOURCES,
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc(false)], '^.+\\.tsx$': ['@swc/jest', swc(true)] },
};

/** Specs of test/ that need no server. */
const WITHOUT_SERVER = ['architecture', 'packages'].map((name) => `<rootDir>/test/${name}.spec.ts`);

/** More than half a minute each: `.ci/run` and `npm run test:nightly` run them, `npm test` does not. */
const LONG = '\\.long\\.spec\\.tsx?$';

const withServers = {
  ...shared,
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/one-more-try.mjs'],
  globalSetup: '<rootDir>/test/support/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.mjs',
};

/** `unit` needs nothing but Node; `e2e` drives built servers on a real PostgreSQL (private, or the one that DATABASE_URL names). */
export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{src,packages/*/src}/**/*.spec.{ts,tsx}', ...WITHOUT_SERVER] },
    {
      ...withServers,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{test,packages/*/test}/**/*.spec.{ts,tsx}'],
      testPathIgnorePatterns: [...WITHOUT_SERVER, LONG],
    },
    ...(process.env.FLAGTREE_TEST_LONG
      ? [{ ...withServers, displayName: 'long', testMatch: ['<rootDir>/{test,packages/*/test}/**/*.long.spec.{ts,tsx}'] }]
      : []),
  ],
  testTimeout: 60_000,
  // servers under test wait more than they work
  maxWorkers: 3,
};
