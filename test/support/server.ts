import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from './database.js';
import { createDataDirectory, privateDatabaseUrl, removeDataDirectory } from './data-directory.js';
import { type Exit, type Launch, launch } from './launch.js';

export type { Exit } from './launch.js';

export interface ServerOptions extends Pick<Launch, 'entry' | 'account'> {
  env?: Record<string, string>;
  /** A URL to use, or `own` for a private PostgreSQL of the server's; by default a fresh database, which goes with the server. */
  database?: 'own' | (string & {});
  /** One that another server has left; by default a fresh one, which goes with the server. */
  dataDirectory?: string;
}

export interface Server {
  url: string;
  adminToken: string;
  pid: number;
  dataDirectory: string;
  databaseUrl: string;
  /** Everything that it has written so far. */
  logs: () => string;
  exited: Promise<Exit>;
  /** Lets it end in order; takes away what was made for it. */
  stop: (signal?: NodeJS.Signals) => Promise<Exit>;
  /** SIGKILL. What was made for it stays until `stop()`, for the next server. */
  kill: () => Promise<Exit>;
}

export type TestServer = Server;

/** A real server: the built one, in a process of its own, ready to answer. Fails with its output when it does not start. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const made: (() => Promise<void> | void)[] = [];
  const dataDirectory = options.dataDirectory ?? createDataDirectory();
  if (options.dataDirectory === undefined) made.push(() => { removeDataDirectory(dataDirectory); }); // prettier-ignore
  const databaseUrl = await chooseDatabase(options, made);
  const running = launch({
    ...options,
    env: {
      PORT: '0',
      FLAGTREE_DATA_DIR: dataDirectory,
      FLAGTREE_DATABASE_POOL_SIZE: '5',
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
      ...options.env,
    },
  });
  const cleanUp = async (): Promise<void> => {
    for (const undo of made.splice(0)) await undo();
  };
  const url = await running.ready.catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return {
    url,
    dataDirectory,
    pid: running.pid,
    logs: running.logs,
    exited: running.exited,
    adminToken: options.env?.['FLAGTREE_ADMIN_TOKEN'] ?? readFileSync(join(dataDirectory, 'admin-token'), 'utf8').trim(),
    databaseUrl: databaseUrl ?? privateDatabaseUrl(dataDirectory),
    stop: async (signal = 'SIGTERM') => {
      const exit = await running.end(signal);
      await cleanUp();
      return exit;
    },
    kill: () => running.end('SIGKILL'),
  };
}

/** For a server that is to refuse its start. */
export async function failToStart(env: Record<string, string>): Promise<Exit & { output: string }> {
  const running = launch({ env: { PORT: '0', ...env } });
  running.ready.catch(() => undefined);
  const exit = await running.exited;
  return { ...exit, output: running.logs() };
}

async function chooseDatabase({ env, database }: ServerOptions, made: (() => Promise<void> | void)[]): Promise<string | null> {
  if (database === 'own') return null;
  const given = env?.['DATABASE_URL'] ?? database;
  if (given !== undefined) return given;
  const { url, drop } = await createDatabase({ migrated: true });
  made.push(drop);
  return url;
}
