// `npm run bench:engine`: installs the peers on first use, builds what has changed, and measures.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(`${bench}node_modules/.package-lock.json`)) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: bench,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
const { buildIfChanged } = await import('../../scripts/setup/build/build-if-changed.mjs');
buildIfChanged();
await import('./main.mjs');
