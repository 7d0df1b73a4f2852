// `npm start`: installs what is missing, builds what has changed, and becomes the server, in one process, so that signals reach it.
import './setup/node-version.mjs';

import('./setup/become-server.mjs');
