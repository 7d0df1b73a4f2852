// `npm run bench:http`: builds what has changed; the load comes from one core, the servers run on another where taskset can see to it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { canPin } from './pin.mjs';

const { buildIfChanged } = await import('../../scripts/setup/build/build-if-changed.mjs');
buildIfChanged();
const main = [fileURLToPath(new URL('main.mjs', import.meta.url)), ...process.argv.slice(2)];
const [command, ...args] = canPin() ? ['taskset', '-c', '0', process.execPath, ...main, '--pinned'] : [process.execPath, ...main];
process.exitCode = spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
