import { buildIfChanged } from './build/build-if-changed.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './paths.mjs';

if (process.env.npm_lifecycle_event !== undefined) stopWithNpm();
process.chdir(root); // as npm does: relative paths in the settings mean the same however this was started
await ensureInstalled('prod');
buildIfChanged();
await import('../../dist/main.js');

/** `kill` of an npm ends npm and the shell that it started, but not what the shell started: us. */
function stopWithNpm() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  watch.unref();
}
