import './setup/node-version.mjs';

import('./setup/build/compile.mjs')
  .then(({ compile }) => compile())
  .then((isBuilt) => {
    process.exitCode = isBuilt ? 0 : 1;
  });
