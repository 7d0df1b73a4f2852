// `npm run test:mutation -- buckets evaluate`: mutates these files of the engine, one after the other; all that are listed when none is named.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HELD_BY } from './held-by.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const named = process.argv.slice(2);
const files = named.length > 0 ? named : Object.keys(HELD_BY);
const unknown = files.filter((file) => !(file in HELD_BY));
if (unknown.length > 0) throw new Error(`No specs are listed for ${unknown.join(', ')}: see test/mutation/held-by.mjs.`);

for (const file of files) {
  const { status } = spawnSync(
    process.execPath,
    [
      'node_modules/@stryker-mutator/core/bin/stryker.js',
      'run',
      'test/mutation/stryker.config.mjs',
      '--mutate',
      `src/engine/${file}.ts`,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, MUTATED: file } },
  );
  process.exitCode ||= status ?? 1;
}
