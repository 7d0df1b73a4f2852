import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createDataDirectory, privatePostgresPid, removeDataDirectory } from '../support/data-directory.js';
import { launch } from '../support/launch.js';
import { startServer } from '../support/server.js';
import { isRunning } from './steps.js';

it('SIGTERM works at any moment of a first start, and the next start succeeds', async () => {
  for (const moment of [200, 500, 800, 1_100, 1_400]) {
    const dataDirectory = createDataDirectory();
    const first = launch({ env: { PORT: '0', FLAGTREE_DATA_DIR: dataDirectory } });
    first.ready.catch(() => undefined);
    await sleep(moment);
    const exit = await first.end('SIGTERM');
    // Before the first line of ours has run, the signal does what it does to any process.
    expect([{ code: 0, signal: null }, { code: null, signal: 'SIGTERM' }]).toContainEqual(exit); // prettier-ignore
    expect(first.logs()).not.toMatch(/cannot start|bug|Error/);
    expect(isRunning(privatePostgresPid(dataDirectory))).toBe(false);
    const second = await startServer({ database: 'own', dataDirectory });
    await second.stop();
    removeDataDirectory(dataDirectory);
  }
}, 180_000);
