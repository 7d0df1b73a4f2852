import './setup/node-version.mjs';

import('./setup/compile.mjs').then(({ compile }) => {
  process.exitCode = compile() ? 0 : 1;
});
