// Run by npm after an installation: `nest build`, editors and `tsc` want the engine's declarations.
import './setup/node-version.mjs';

import('./setup/compile.mjs')
  .then(({ compileEngine }) => compileEngine())
  .then((isBuilt) => {
    process.exitCode = isBuilt ? 0 : 1;
  });
