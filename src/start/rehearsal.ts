import { readConfig } from '../platform/config/read-config.js';
import { openDataDirectory } from '../platform/data-directory/data-directory.js';
import { DatabaseAbsence } from '../platform/health/database-absence.js';
import { createLogger } from '../platform/logging/logger.js';
import { NestLogger } from '../platform/logging/nest-logger.js';

/**
 * For the build: does what every start does, as far as that goes without a database and without a state, so that V8 has compiled what a start
 * needs. `dataDirectory` is thrown away afterwards. What it has begun ends with the process.
 */
export async function rehearse(dataDirectory: string): Promise<void> {
  const { createApp } = await import('../app.js');
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/nothing';
  const config = readConfig({ FLAGTREE_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl });
  const logger = createLogger('silent');
  const directory = await openDataDirectory(config.dataDirectory, () => undefined);
  const platform = { config, dataDirectory: directory, databaseUrl, absence: new DatabaseAbsence() };
  const connect = () => Promise.resolve();
  await createApp({ ...platform, version: '', logger: new NestLogger(logger), probes: {}, connect }).catch((error: unknown) => {
    // as far as it goes; an error of another kind would have ended it too early
    if (!/not connected/i.test((error as Error).message)) throw error;
  });
}
