import { fileURLToPath } from 'node:url';

/** Every file of the engine that does something, what runs only while a module is loaded included. Takes long, so it is no part of CI. */
export default {
  mutate: ['packages/engine/src/**/*.ts', '!packages/engine/src/**/*.spec.ts', '!packages/engine/src/**/testing/**'],
  testRunner: 'in-process',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  plugins: [fileURLToPath(new URL('in-process-runner.mjs', import.meta.url))],
  coverageAnalysis: 'perTest',
  // a worker that has run many mutants has loaded as many copies of the engine
  maxTestRunnerReuse: 300,
  concurrency: 2,
  timeoutMS: 3000,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: '.stryker-tmp/mutation.json' },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'dist.*', 'bench', 'docs', 'examples', '.flagtree', 'migrations'],
};
