// `npm start`: installs what is missing, builds what has changed, and becomes the server, in one process, so that signals reach it.
import './setup/node-version.mjs';

const { root } = await import('./setup/paths.mjs');
const { ensureInstalled } = await import('./setup/install.mjs');
const { buildIfChanged } = await import('./setup/build-if-changed.mjs');

process.chdir(root); // as npm does: relative paths in the settings mean the same however this was started
await ensureInstalled('prod');
buildIfChanged();
await import('../dist/main.js');
