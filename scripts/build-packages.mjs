// Run by npm after an installation, and by hand: builds those of packages/ that have changed. `nest build`, editors and `tsc` want their declarations.
import './setup/node-version.mjs';

import('./setup/packages/build.mjs')
  .then(({ buildPackages }) => buildPackages())
  .then((isBuilt) => {
    process.exitCode = isBuilt ? 0 : 1;
  });
