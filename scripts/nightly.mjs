/**
 * `npm run test:nightly [-- --kills=200 --requests=20000 --history-minutes=10 --soak-minutes=10 --outage-minutes=10]`: what takes too long for every merge, one after
 * the other; the figures are printed as they come. An hour or so by default. Fails when one of the parts does, after the others have run.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { inPackage, root } from './setup/paths.mjs';

const option = (fallback) => ({ type: 'string', default: fallback });
const { values } = parseArgs({
  options: {
    kills: option('200'),
    'history-minutes': option('10'),
    'soak-minutes': option('10'),
    'outage-minutes': option('10'),
    requests: option('20000'),
  },
});
for (const [name, value] of Object.entries(values))
  if (!(Number(value) > 0)) throw new Error(`--${name}=${value} is no number above 0`);

const test = (...args) => [inPackage('scripts/test.mjs'), ...args];
const parts = [
  ['property tests from a seed of their own', test('src'), { PROPERTY_SEED: 'random' }],
  [
    `${values.kills} kills under writes`,
    test('--selectProjects', 'long', '--testPathPatterns', 'test/runtime/crash', '-t', 'SIGKILL during writes'),
    { FLAGTREE_TEST_LONG: '1', FLAGTREE_TEST_KILLS: values.kills },
  ],
  [
    `${values.requests} odd requests from a seed of their own`,
    test('--selectProjects', 'e2e', '--testPathPatterns', 'test/fuzz'),
    { FLAGTREE_TEST_FUZZ_REQUESTS: values.requests, FLAGTREE_TEST_FUZZ_SEED: 'random' },
  ],
  [
    `${values['history-minutes']} minutes of a checked history under faults`,
    test('--selectProjects', 'long', '--testPathPatterns', 'test/checked-history'),
    { FLAGTREE_TEST_LONG: '1', FLAGTREE_TEST_HISTORY_SECONDS: String(60 * Number(values['history-minutes'])) },
  ],
  [
    `a soak of ${values['soak-minutes']} minutes`,
    test('--selectProjects', 'long', '--testPathPatterns', 'test/faults/soak'),
    { FLAGTREE_TEST_LONG: '1', FLAGTREE_TEST_SOAK_MINUTES: values['soak-minutes'] },
  ],
  [
    `${values['outage-minutes']} minutes with PostgreSQL coming and going`,
    [inPackage('bench/streams/outage.mjs'), values['outage-minutes']],
    {},
  ],
];

const failed = parts.filter(([name, command, env]) => {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, command, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  return status !== 0;
});
console.log(failed.length === 0 ? '\nAll parts passed.' : `\nFailed: ${failed.map(([name]) => name).join('; ')}`);
process.exit(failed.length === 0 ? 0 : 1);
