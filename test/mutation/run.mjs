// `npm run test:mutation -- buckets/buckets logic/lists`: mutates these files of the engine; all of them when none is named.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const files = process.argv.slice(2).map((name) => `packages/engine/src/${name}.ts`);
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/@stryker-mutator/core/bin/stryker.js',
    'run',
    'test/mutation/stryker.config.mjs',
    ...(files.length > 0 ? ['--mutate', files.join(',')] : []),
  ],
  { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'inherit' },
);
process.exitCode = status ?? 1;
