import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.js';
import type { Config } from './config.js';
import { BadValue } from './parsers.js';
import { settings } from './settings.js';
import type { SettingValues } from './settings.js';
import { unknownVariables } from './unknown-variables.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError with every problem, not just the first. */
export function readConfig(env: Variables): Config {
  const problems = unknownVariables(Object.keys(env));
  const values = readValues(env, problems);
  if (values.FLAGTREE_MIGRATION_DATABASE_URL && !values.DATABASE_URL && problems.length === 0)
    problems.push('FLAGTREE_MIGRATION_DATABASE_URL is set without DATABASE_URL: the private database needs none');
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values as SettingValues);
}

function readValues(env: Variables, problems: string[]): Partial<SettingValues> {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of settings()) {
    try {
      const given = setting.secret ? (secretText(env, name) ?? undefined) : env[name];
      const text = given === '' && !setting.mayBeEmpty ? undefined : given;
      const effective = text ?? setting.fallback;
      values[name] = effective === null ? null : setting.parse(effective);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      problems.push(`${name} ${error.message}`);
    }
  }
  return values;
}

/** The value itself, or the content of the file that `<name>_FILE` names, without the line end that editors add. */
function secretText(env: Variables, name: string): string | null {
  const value = env[name];
  const file = env[`${name}_FILE`];
  if (!file) return value ?? null;
  if (value) throw new BadValue(`and ${name}_FILE are both set: keep one of them`);
  const text = readSecretFile(file, name);
  if (text === '') throw new BadValue(`is empty in ${file}, which ${name}_FILE names`);
  return text;
}

function readSecretFile(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new BadValue(
      `cannot be read from ${file}, which ${name}_FILE names (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
}

function toConfig(values: SettingValues): Config {
  return {
    port: values.PORT,
    host: values.HOST,
    dataDirectory: values.FLAGTREE_DATA_DIR,
    database: {
      url: values.DATABASE_URL,
      migrationUrl: values.FLAGTREE_MIGRATION_DATABASE_URL,
      poolSize: values.FLAGTREE_DATABASE_POOL_SIZE,
      forgetHistory: values.FLAGTREE_FORGET_HISTORY,
    },
    adminToken: values.FLAGTREE_ADMIN_TOKEN,
    environment: {
      default: values.FLAGTREE_DEFAULT_ENVIRONMENT,
      first: values.FLAGTREE_FIRST_ENVIRONMENTS,
      inheritance: values.FLAGTREE_ENVIRONMENT_INHERITANCE,
      detection: values.FLAGTREE_ENVIRONMENT_DETECTION,
      header: values.FLAGTREE_ENVIRONMENT_HEADER,
      queryParam: values.FLAGTREE_ENVIRONMENT_QUERY_PARAM,
      allowed: values.FLAGTREE_ALLOWED_ENVIRONMENTS,
    },
    cors: values.FLAGTREE_CORS_ORIGINS,
    apiDocs: values.FLAGTREE_API_DOCS,
    panel: values.FLAGTREE_PANEL,
    publicUrl: values.FLAGTREE_PUBLIC_URL,
    trustedProxies: values.FLAGTREE_TRUSTED_PROXIES ?? [],
    log: { level: values.FLAGTREE_LOG_LEVEL },
    pollIntervalMs: values.FLAGTREE_POLL_INTERVAL,
    streams: {
      limit: values.FLAGTREE_STREAM_LIMIT,
      limitPerToken: values.FLAGTREE_STREAM_LIMIT_PER_TOKEN,
      rate: values.FLAGTREE_STREAM_RATE,
      heartbeatMs: values.FLAGTREE_STREAM_HEARTBEAT,
      bufferBytes: values.FLAGTREE_STREAM_BUFFER,
      ticketLifetimeMs: values.FLAGTREE_STREAM_TICKET_LIFETIME,
    },
    browserRate: values.FLAGTREE_BROWSER_RATE,
    auditAnchorIntervalMs: values.FLAGTREE_AUDIT_ANCHOR_INTERVAL,
    metrics: values.FLAGTREE_METRICS,
    metricsOfFlags: values.FLAGTREE_METRICS_FLAGS,
    telemetryEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    redisUrl: values.REDIS_URL,
    mirrorCheckIntervalMs: values.FLAGTREE_MIRROR_CHECK_INTERVAL,
    shutdownTimeoutMs: values.FLAGTREE_SHUTDOWN_TIMEOUT,
    requestTimeoutMs: values.FLAGTREE_REQUEST_TIMEOUT,
    connectionLimit: values.FLAGTREE_CONNECTION_LIMIT,
    refusalLimit: values.FLAGTREE_REFUSAL_LIMIT,
    bodyLimitBytes: values.FLAGTREE_BODY_LIMIT,
    importLimitBytes: values.FLAGTREE_IMPORT_LIMIT,
    sizes: {
      flags: values.FLAGTREE_FLAG_LIMIT,
      environments: values.FLAGTREE_ENVIRONMENT_LIMIT,
      segments: values.FLAGTREE_SEGMENT_LIMIT,
      flag: values.FLAGTREE_FLAG_SIZE_LIMIT,
      segment: values.FLAGTREE_SEGMENT_SIZE_LIMIT,
      snapshot: values.FLAGTREE_SNAPSHOT_SIZE_LIMIT,
    },
  };
}
