// `npm test`: installs what is missing, builds what has changed, and runs jest with the arguments given.
import './setup/node-version.mjs';

import('./setup/run-tests.mjs');
