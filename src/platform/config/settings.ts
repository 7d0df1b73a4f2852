import { corsOrigins, publicUrl, trustedProxies } from './http-parsers.js';
import { LOG_LEVELS, METRICS_ACCESS } from './config.js';
import {
  boolean,
  byteSize,
  databaseUrl,
  duration,
  environmentName,
  environmentNames,
  headerName,
  historyName,
  host,
  httpUrl,
  oneOf,
  path,
  queryParam,
  redisUrl,
  secret,
  wholeNumber,
} from './parsers.js';
import { MAX_FLAG_BYTES } from '@flagtree/engine';
import { firstEnvironments } from './first-environments.js';
import type { Parse } from './parsers.js';

/** A setting whose `fallback` is null may be left out. `secret` ones can also be given as a file, by a variable that ends in `_FILE`. */
interface Setting<T> {
  parse: Parse<T>;
  fallback: string | null;
  meaning: string;
  secret?: true;
  /** Set to nothing means something; for all others an empty value counts as left out. */
  mayBeEmpty?: true;
}

const required = <T>(parse: Parse<T>, fallback: string, meaning: string, extra: { mayBeEmpty?: true } = {}) =>
  ({ parse, fallback, meaning, ...extra }) satisfies Setting<T>;

const optional = <T>(parse: Parse<T>, meaning: string, extra: { secret?: true } = {}) =>
  ({ parse, fallback: null, meaning, ...extra }) satisfies Setting<T>;

/** The one list of what can be set: it is read, documented and suggested from here. */
export const SETTING_TABLE = {
  PORT: required(wholeNumber(0, 65_535), '3000', 'Port to listen on; 0 picks a free one.'),
  HOST: required(host, '127.0.0.1', 'Address to listen on; `0.0.0.0` for every network.'),
  FLAGTREE_DATA_DIR: required(
    path,
    '.flagtree',
    'Directory of the admin token and the private database; relative to where the server is started.',
  ),
  DATABASE_URL: optional(databaseUrl, 'PostgreSQL 14 or newer to use; without it Flagtree runs its own private one.', {
    secret: true,
  }),
  FLAGTREE_MIGRATION_DATABASE_URL: optional(
    databaseUrl,
    'The same database with a login that owns the tables, for migrations at the start alone; without it `DATABASE_URL` is used.',
    { secret: true },
  ),
  FLAGTREE_DATABASE_POOL_SIZE: required(wholeNumber(2, 500), '10', 'Database connections at most.'),
  FLAGTREE_FORGET_HISTORY: optional(
    historyName,
    'The point of the history, as a start names it, that the database need not hold any more: what it holds counts from then on.',
  ),
  FLAGTREE_ADMIN_TOKEN: optional(secret, 'The bootstrap admin token; without it a random one is kept in the data directory.', {
    secret: true,
  }),
  FLAGTREE_DEFAULT_ENVIRONMENT: required(
    environmentName,
    'production',
    'Environment of a request that names none, by slug, alias or id.',
  ),
  FLAGTREE_FIRST_ENVIRONMENTS: required(
    firstEnvironments,
    'production,staging<production,development<staging',
    'What an empty database starts with, each with `<` and its parent, or `none`.',
  ),
  FLAGTREE_ENVIRONMENT_INHERITANCE: required(
    boolean,
    'true',
    '`false`: an environment inherits from no parent, only from the flag.',
  ),
  FLAGTREE_ENVIRONMENT_DETECTION: required(boolean, 'true', '`false`: every request gets the default environment.'),
  FLAGTREE_ENVIRONMENT_HEADER: required(headerName, 'X-Environment', 'Header that names the environment of a request.'),
  FLAGTREE_ENVIRONMENT_QUERY_PARAM: required(queryParam, 'env', 'Query parameter that does so; empty: none does.', {
    mayBeEmpty: true,
  }),
  FLAGTREE_ALLOWED_ENVIRONMENTS: optional(
    environmentNames,
    'Comma-separated environments that a request may name, by slug, alias or id; without it all of them.',
  ),
  FLAGTREE_CORS_ORIGINS: optional(
    corsOrigins,
    'Comma-separated origins, or `*`, whose web pages may evaluate: OFREP and its event stream, nothing else.',
  ),
  FLAGTREE_API_DOCS: required(boolean, 'true', '`false`: neither the page at `/api/docs` nor the OpenAPI document is served.'),
  FLAGTREE_PANEL: required(boolean, 'true', '`false`: the panel is not served, and nobody can sign in to it.'),
  FLAGTREE_PUBLIC_URL: optional(
    publicUrl,
    'What stands before every URL that an answer holds, path prefix included; without it what trusted proxies say.',
  ),
  FLAGTREE_TRUSTED_PROXIES: optional(
    trustedProxies,
    'Comma-separated addresses or CIDRs (`loopback` is one) whose `X-Forwarded-*` and `Forwarded` count.',
  ),
  FLAGTREE_LOG_LEVEL: required(oneOf(LOG_LEVELS), 'info', `One of ${LOG_LEVELS.join(', ')}.`),
  FLAGTREE_POLL_INTERVAL: required(
    duration(100, 300_000),
    '5s',
    'How often to ask the database for changes whose notification got lost.',
  ),
  FLAGTREE_STREAM_LIMIT: required(wholeNumber(0, 1_000_000), '10000', 'Event streams open at once, at most; 0 offers none.'),
  FLAGTREE_STREAM_LIMIT_PER_TOKEN: required(wholeNumber(1, 1_000_000), '10000', 'Of these, with one token.'),
  FLAGTREE_STREAM_RATE: required(
    wholeNumber(1, 100_000),
    '500',
    'Event streams opened in one second, at most: the others are asked to come back a little later.',
  ),
  FLAGTREE_STREAM_HEARTBEAT: required(
    duration(100, 300_000),
    '15s',
    'How long an event stream may be silent, for what lies between and closes idle connections.',
  ),
  FLAGTREE_STREAM_BUFFER: required(
    byteSize(1024, 64 * 1024 * 1024),
    '64kb',
    'How far a reader of an event stream may fall behind before it is disconnected.',
  ),
  FLAGTREE_STREAM_TICKET_LIFETIME: required(
    duration(1_000, 86_400_000),
    '5m',
    'How long a browser can open the event stream that a bulk answer named; at least half of it.',
  ),
  FLAGTREE_BROWSER_RATE: required(
    wholeNumber(0, 100_000),
    '20',
    'Evaluations a second of one address with a browser token, before it hears 429; 0: any number.',
  ),
  FLAGTREE_AUDIT_ANCHOR_INTERVAL: required(
    duration(1_000, 24 * 3_600_000),
    '60m',
    'How often the head of the audit log is signed into the data directory, where it has moved.',
  ),
  FLAGTREE_METRICS: required(
    oneOf(METRICS_ACCESS),
    'protected',
    'Who may read `/metrics`: `protected` asks for an admin token, `public` is for everybody, `off` for nobody.',
  ),
  FLAGTREE_METRICS_FLAGS: required(
    boolean,
    'false',
    '`true`: `/metrics` also counts evaluations by environment, flag and variant, in 10,000 series at most.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(httpUrl, 'OpenTelemetry collector (OTLP over HTTP) that is told of every evaluation.'),
  REDIS_URL: optional(redisUrl, 'Redis that the resolved flags are mirrored to.', { secret: true }),
  FLAGTREE_MIRROR_CHECK_INTERVAL: required(
    duration(500, 3_600_000),
    '20s',
    'How often every key in Redis is compared with what it should hold, and mended.',
  ),
  FLAGTREE_SHUTDOWN_TIMEOUT: required(duration(0, 300_000), '10s', 'How long a stop waits for requests that are under way.'),
  FLAGTREE_REQUEST_TIMEOUT: required(
    duration(1_000, 3_600_000),
    '30s',
    'How long a request may take to come, headers and body. Answers, event streams among them, may take longer.',
  ),
  FLAGTREE_CONNECTION_LIMIT: required(
    wholeNumber(10, 10_000_000),
    '20000',
    'Connections open at once, event streams included; one more is closed at once.',
  ),
  FLAGTREE_REFUSAL_LIMIT: required(
    wholeNumber(0, 1_000_000),
    '300',
    'Requests of one address that are refused for their token in a minute, before it hears 429; 0: any number.',
  ),
  FLAGTREE_BODY_LIMIT: required(byteSize(1024, 64 * 1024 * 1024), '1mb', 'Largest request body.'),
  FLAGTREE_IMPORT_LIMIT: required(byteSize(1024, 256 * 1024 * 1024), '64mb', 'Largest document of an import.'),
  FLAGTREE_FLAG_LIMIT: required(wholeNumber(1, 10_000_000), '50000', 'Flags at most, archived ones among them.'),
  FLAGTREE_ENVIRONMENT_LIMIT: required(wholeNumber(1, 1_000_000), '5000', 'Environments at most.'),
  FLAGTREE_SEGMENT_LIMIT: required(wholeNumber(1, 1_000_000), '5000', 'Segments at most.'),
  FLAGTREE_FLAG_SIZE_LIMIT: required(
    byteSize(1024, MAX_FLAG_BYTES),
    '64kb',
    'Largest flag, as it is resolved in any environment.',
  ),
  FLAGTREE_SEGMENT_SIZE_LIMIT: required(byteSize(1024, 16 * 1024 * 1024), '256kb', 'Largest segment.'),
  FLAGTREE_SNAPSHOT_SIZE_LIMIT: required(
    byteSize(1024, 1024 * 1024 * 1024),
    '16mb',
    'Largest snapshot: the flags of an environment together, and all segments.',
  ),
};

type SettingTable = typeof SETTING_TABLE;
export type SettingName = keyof SettingTable;
export type SettingValues = {
  [N in SettingName]: ReturnType<SettingTable[N]['parse']> | (SettingTable[N]['fallback'] extends string ? never : null);
};

export interface DocumentedSetting {
  name: SettingName;
  default: string | null;
  meaning: string;
  /** Can also be read from the file that this variable names. */
  fileVariable: string | null;
}

/** The table of the documentation. */
export const SETTINGS: readonly DocumentedSetting[] = settings().map(([name, setting]) => ({
  name,
  default: setting.fallback,
  meaning: setting.meaning,
  fileVariable: setting.secret ? `${name}_FILE` : null,
}));

export function settings(): [SettingName, Setting<unknown>][] {
  return Object.entries(SETTING_TABLE) as [SettingName, Setting<unknown>][];
}
