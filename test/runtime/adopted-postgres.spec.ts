import { expect, it } from '@jest/globals';
import { privatePostgresPid } from '../support/data-directory.js';
import { startServer } from '../support/server.js';
import { isRunning } from './steps.js';

it('adopts the PostgreSQL that a killed server has left, with its address', async () => {
  const first = await startServer({ database: 'own' });
  const postgres = privatePostgresPid(first.dataDirectory);
  await first.kill();
  const second = await startServer({ database: 'own', dataDirectory: first.dataDirectory });
  expect(second.logs()).toContain(`"pid":${String(postgres)},`);
  expect(second.logs()).toContain('"adopted":true');
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(second.adminToken).toBe(first.adminToken);
  await second.stop();
  expect(isRunning(postgres)).toBe(false);
  await first.stop();
});
