import { hasStateFiles, newestStateFile } from '../audit/follow/state-files.js';
import { DatabaseAtStart } from './database-at-start.js';
import { StartError } from '../platform/config/config-error.js';
import type { Config } from '../platform/config/config.js';
import { readConfig } from '../platform/config/read-config.js';
import { openDataDirectory } from '../platform/data-directory/data-directory.js';
import { stopSignal } from '../platform/lifecycle/stop-signal.js';
import { Teardown } from '../platform/lifecycle/teardown.js';
import { createLogger, type Logger } from '../platform/logging/logger.js';
import { NestLogger } from '../platform/logging/nest-logger.js';
import { ownVersion } from '../platform/own-version.js';
import { explainPort, tryPort } from './port.js';
import { noteServer } from './server-note.js';
import { localUrl, welcome } from './welcome.js';

const DATABASE_WAIT_MS = 10_000;
const DATABASE_STOP_MS = 30_000;
const STEP_MS = 5_000;

/** The server's whole life; ends the process when it is over. */
export async function run(env: NodeJS.ProcessEnv): Promise<never> {
  const stop = stopSignal();
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    process.exit(report(error));
  }
  const logger = createLogger(config.log.level);
  process.on('uncaughtException', (err, origin) => {
    logger.fatal({ err, origin }, 'this is a bug, after which the state of the process cannot be trusted: it ends');
    process.exit(1);
  });
  const teardown = new Teardown(logger);
  const exitCode = await serve({ config, logger, teardown, stop }).then(
    () => 0,
    (error: unknown) => (stop.aborted ? 0 : report(error)),
  );
  await teardown.run();
  process.exit(exitCode);
}

interface Parts {
  config: Config;
  logger: Logger;
  teardown: Teardown;
  stop: AbortSignal;
}

/** Fulfilled when a running server is asked to stop; rejected when it cannot start, or is asked to stop before it has. */
async function serve(parts: Parts): Promise<void> {
  const { config, logger, teardown, stop } = parts;
  const notice = (line: string): void => {
    logger.warn(line);
  };
  const dataDirectory = await openDataDirectory(config.dataDirectory, notice);
  teardown.add('The data directory', () => { dataDirectory.release(); }, STEP_MS); // prettier-ignore
  await tryPort(config);
  const database = new DatabaseAtStart(parts);
  teardown.add('The private PostgreSQL', () => database.stop(), DATABASE_STOP_MS);
  // The application loads while the database starts.
  const [isThere, { createApp }] = await Promise.all([prepareDatabase(database, parts, notice), import('../app.js')]);
  const version = ownVersion();
  const isFirst = (await dataDirectory.readSecret('admin-token')) === null;
  const app = await createApp({
    config,
    dataDirectory,
    databaseUrl: database.url,
    version,
    logger: new NestLogger(logger),
    probes: database.probes,
    absence: database.absence,
    connect: async (dataSource) => {
      teardown.add('The database connections', () => (dataSource.isInitialized ? dataSource.destroy() : undefined), STEP_MS);
      if (isThere) await database.connect(dataSource, { waitMs: DATABASE_WAIT_MS, signal: stop, notice });
    },
  });
  teardown.add('The HTTP server', () => app.close(), config.shutdownTimeoutMs);
  stop.throwIfAborted();
  const url = localUrl(await app.listen().catch(explainPort(config)));
  dataDirectory.keepReserve();
  teardown.add('The note of the address', await noteServer(dataDirectory, url, notice), STEP_MS);
  process.stdout.write(
    welcome({
      version,
      url,
      isFirst,
      adminTokenPath: app.adminTokenPath,
      hasDocs: config.apiDocs,
      hasPanel: config.panel,
      database: database.directions,
    }),
  );
  if (!isThere) void database.keepTrying(app.dataSource, app.meetDatabase);
  await requested(stop);
  logger.info({ signal: String(stop.reason) }, 'stopping');
}

/** False: it cannot be reached, and a state on disk allows to start without it. Who has none waits for a database that is only starting. */
async function prepareDatabase(
  database: DatabaseAtStart,
  { config, stop }: Parts,
  notice: (line: string) => void,
): Promise<boolean> {
  const patience = { waitMs: DATABASE_WAIT_MS, signal: stop, notice };
  if (!(await hasStateFiles(config.dataDirectory))) return database.prepare(patience).then(() => true);
  try {
    await database.prepare({ ...patience, waitMs: 0 });
    return true;
  } catch (error) {
    if (!database.isAway(error)) throw error;
    notice((error as Error).message);
    if (await newestStateFile(config.dataDirectory, notice)) return false;
    return database.prepare(patience).then(() => true);
  }
}

async function requested(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise((resolve) => {
    stop.addEventListener('abort', resolve, { once: true });
  });
}

/** Tells the operator why there is no server, and gives the exit code. */
function report(error: unknown): number {
  if (!(error instanceof StartError)) {
    console.error(`Flagtree failed to start, and this is a bug: ${stackOf(error)}`);
    return 1;
  }
  console.error(
    ['Flagtree cannot start.', ...error.problems.map((problem) => `  - ${problem.replaceAll('\n', '\n    ')}`)].join('\n'),
  );
  return error.exitCode;
}

/** The text of an error and of its causes alone: those of the database also carry the values of the statement. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(cause)}`;
}
