import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.js';
import { readConfig } from './read-config.js';
import { SETTINGS } from './settings.js';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({ PATH: '/usr/bin' })).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDirectory: resolve('.flagtree'),
      database: { url: null, migrationUrl: null, poolSize: 10, forgetHistory: null },
      adminToken: null,
      environment: {
        default: 'production',
        first: [
          { slug: 'production', parent: null },
          { slug: 'staging', parent: 'production' },
          { slug: 'development', parent: 'staging' },
        ],
        inheritance: true,
        detection: true,
        header: 'x-environment',
        queryParam: 'env',
        allowed: null,
      },
      cors: null,
      apiDocs: true,
      panel: true,
      publicUrl: null,
      trustedProxies: [],
      log: { level: 'info' },
      pollIntervalMs: 5_000,
      streams: {
        limit: 10_000,
        limitPerToken: 10_000,
        rate: 500,
        heartbeatMs: 15_000,
        bufferBytes: 65_536,
        ticketLifetimeMs: 300_000,
      },
      browserRate: 20,
      auditAnchorIntervalMs: 3_600_000,
      metrics: 'protected',
      metricsOfFlags: false,
      telemetryEndpoint: null,
      redisUrl: null,
      mirrorCheckIntervalMs: 20_000,
      shutdownTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
      connectionLimit: 20_000,
      refusalLimit: 300,
      bodyLimitBytes: 1_048_576,
      importLimitBytes: 67_108_864,
      sizes: {
        flags: 50_000,
        environments: 5_000,
        segments: 5_000,
        flag: 64 * 1024,
        segment: 256 * 1024,
        snapshot: 16 * 1024 * 1024,
      },
    });
  });

  it('reads each setting', () => {
    expect(
      readConfig({
        PORT: '0',
        HOST: '::1',
        FLAGTREE_DATA_DIR: '/srv/flags',
        DATABASE_URL: 'postgresql://u:p@db/flags',
        FLAGTREE_MIGRATION_DATABASE_URL: 'postgres://owner@db/flags',
        FLAGTREE_DATABASE_POOL_SIZE: '20',
        FLAGTREE_ADMIN_TOKEN: 'f7c1e09b4d5a4c7e8a213b6d90e4f1c2',
        FLAGTREE_DEFAULT_ENVIRONMENT: 'prod',
        FLAGTREE_ENVIRONMENT_INHERITANCE: 'false',
        FLAGTREE_ENVIRONMENT_DETECTION: 'false',
        FLAGTREE_ENVIRONMENT_HEADER: 'X-Stage',
        FLAGTREE_ENVIRONMENT_QUERY_PARAM: '',
        FLAGTREE_ALLOWED_ENVIRONMENTS: ' prod, staging ,',
        FLAGTREE_CORS_ORIGINS: 'https://shop.example, http://localhost:5173, *',
        FLAGTREE_API_DOCS: 'false',
        FLAGTREE_PANEL: 'false',
        FLAGTREE_PUBLIC_URL: 'https://example.org/flags/',
        FLAGTREE_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8, 2001:db8::1',
        FLAGTREE_FIRST_ENVIRONMENTS: 'dev<prod, prod',
        FLAGTREE_LOG_LEVEL: 'debug',
        FLAGTREE_POLL_INTERVAL: '250ms',
        FLAGTREE_STREAM_LIMIT: '0',
        FLAGTREE_STREAM_LIMIT_PER_TOKEN: '7',
        FLAGTREE_STREAM_RATE: '20',
        FLAGTREE_STREAM_HEARTBEAT: '3s',
        FLAGTREE_STREAM_BUFFER: '8kb',
        FLAGTREE_STREAM_TICKET_LIFETIME: '10m',
        FLAGTREE_BROWSER_RATE: '5',
        FLAGTREE_AUDIT_ANCHOR_INTERVAL: '30m',
        FLAGTREE_METRICS: 'off',
        FLAGTREE_METRICS_FLAGS: 'true',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
        REDIS_URL: 'redis://:secret@cache:6379/9',
        FLAGTREE_MIRROR_CHECK_INTERVAL: '2s',
        FLAGTREE_SHUTDOWN_TIMEOUT: '2m',
        FLAGTREE_REQUEST_TIMEOUT: '5m',
        FLAGTREE_CONNECTION_LIMIT: '500',
        FLAGTREE_REFUSAL_LIMIT: '0',
        FLAGTREE_BODY_LIMIT: '64kb',
        FLAGTREE_IMPORT_LIMIT: '10mb',
        FLAGTREE_FLAG_LIMIT: '7',
        FLAGTREE_ENVIRONMENT_LIMIT: '8',
        FLAGTREE_SEGMENT_LIMIT: '9',
        FLAGTREE_FLAG_SIZE_LIMIT: '2kb',
        FLAGTREE_SEGMENT_SIZE_LIMIT: '3kb',
        FLAGTREE_SNAPSHOT_SIZE_LIMIT: '4kb',
      }),
    ).toEqual({
      port: 0,
      host: '::1',
      dataDirectory: '/srv/flags',
      database: {
        url: 'postgresql://u:p@db/flags',
        migrationUrl: 'postgres://owner@db/flags',
        poolSize: 20,
        forgetHistory: null,
      },
      adminToken: 'f7c1e09b4d5a4c7e8a213b6d90e4f1c2',
      environment: {
        default: 'prod',
        first: [
          { slug: 'prod', parent: null },
          { slug: 'dev', parent: 'prod' },
        ],
        inheritance: false,
        detection: false,
        header: 'x-stage',
        queryParam: null,
        allowed: new Set(['prod', 'staging']),
      },
      cors: { named: new Set(['https://shop.example', 'http://localhost:5173']), any: true },
      apiDocs: false,
      panel: false,
      publicUrl: 'https://example.org/flags',
      trustedProxies: ['loopback', '10.0.0.0/8', '2001:db8::1'],
      log: { level: 'debug' },
      pollIntervalMs: 250,
      streams: {
        limit: 0,
        limitPerToken: 7,
        rate: 20,
        heartbeatMs: 3_000,
        bufferBytes: 8_192,
        ticketLifetimeMs: 600_000,
      },
      browserRate: 5,
      auditAnchorIntervalMs: 1_800_000,
      metrics: 'off',
      metricsOfFlags: true,
      telemetryEndpoint: 'http://collector:4318',
      redisUrl: 'redis://:secret@cache:6379/9',
      mirrorCheckIntervalMs: 2_000,
      shutdownTimeoutMs: 120_000,
      requestTimeoutMs: 300_000,
      connectionLimit: 500,
      refusalLimit: 0,
      bodyLimitBytes: 65_536,
      importLimitBytes: 10_485_760,
      sizes: { flags: 7, environments: 8, segments: 9, flag: 2_048, segment: 3_072, snapshot: 4_096 },
    });
  });

  it('tells of every problem at once', () => {
    expect(
      problemsOf({
        PORT: '70000',
        DATABASE_URL: 'mysql://root:hunter2@db/flags',
        FLAGTREE_ENVIRONMENT_INHERITANCE: 'no',
        FLAGTREE_POLL_INTERVAL: '5',
        FLAGTREE_DATABSE_URL: 'x',
        FLAGTREE_COLOUR: 'x',
      }),
    ).toEqual([
      'FLAGTREE_COLOUR is not a setting',
      'FLAGTREE_DATABSE_URL is not a setting: did you mean DATABASE_URL?',
      'PORT must be a whole number from 0 to 65535, not "70000"',
      'DATABASE_URL must be a URL like postgres://user:password@host:5432/database',
      'FLAGTREE_ENVIRONMENT_INHERITANCE must be true or false, not "no"',
      'FLAGTREE_POLL_INTERVAL must be a duration with its unit (500ms, 5s, 2m) from 100ms to 300000ms, not "5"',
    ]);
  });

  it.each([
    ['PORT', '-1'], ['PORT', '1.5'], ['PORT', '0x50'], ['PORT', 'http'], ['PORT', ' 80'], ['HOST', 'a b'], ['HOST', 'http://x'],
    ['DATABASE_URL', 'db:5432'], ['DATABASE_URL', 'postgres://db:5432'], ['DATABASE_URL', 'postgres://db:port/x'],
    ['FLAGTREE_ENVIRONMENT_DETECTION', 'FALSE'], ['FLAGTREE_ENVIRONMENT_DETECTION', '0'], ['FLAGTREE_ENVIRONMENT_HEADER', 'X Env'],
    ['FLAGTREE_ENVIRONMENT_QUERY_PARAM', 'e&v'], ['FLAGTREE_DEFAULT_ENVIRONMENT', 'Prod'], ['FLAGTREE_ALLOWED_ENVIRONMENTS', 'production,a b'],
    ['FLAGTREE_LOG_LEVEL', 'verbose'], ['FLAGTREE_BODY_LIMIT', '1gb'], ['FLAGTREE_BODY_LIMIT', '10'], ['FLAGTREE_SHUTDOWN_TIMEOUT', '1h'],
    ['REDIS_URL', 'cache:6379'], ['REDIS_URL', 'redis://cache/flags'], ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'], ['FLAGTREE_METRICS', 'true'],
    ['FLAGTREE_CORS_ORIGINS', 'shop.example'], ['FLAGTREE_CORS_ORIGINS', 'https://shop.example/'], ['FLAGTREE_CORS_ORIGINS', 'https://shop.example:443'],
    ['FLAGTREE_CORS_ORIGINS', 'https://*.example'], ['FLAGTREE_CORS_ORIGINS', 'null'], ['FLAGTREE_CORS_ORIGINS', 'file:///'],
    ['FLAGTREE_PUBLIC_URL', '/flags'], ['FLAGTREE_PUBLIC_URL', 'ftp://x'], ['FLAGTREE_PUBLIC_URL', 'https://u:p@x'], ['FLAGTREE_PUBLIC_URL', 'https://x?y'],
    ['FLAGTREE_TRUSTED_PROXIES', 'proxy'], ['FLAGTREE_TRUSTED_PROXIES', '10.0.0.0/33'], ['FLAGTREE_TRUSTED_PROXIES', '10.0.0.0/8, 10.0.0'],
    ['FLAGTREE_ADMIN_TOKEN', 'admin'], ['FLAGTREE_DATABASE_POOL_SIZE', '1'], ['FLAGTREE_DATA_DIR', 'a\0b'],
  ])('refuses %s=%j', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} must be `)]);
  }); // prettier-ignore

  it('never repeats a secret in what it says', () => {
    const problems = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@db/x', FLAGTREE_ADMIN_TOKEN: 'hunter2' }).join();
    expect(problems).toContain('FLAGTREE_ADMIN_TOKEN');
    expect(problems).not.toContain('hunter2');
  });

  it('leaves it to readiness whether the environments of settings exist, since only the database knows their aliases', () => {
    const { environment } = readConfig({ FLAGTREE_ALLOWED_ENVIRONMENTS: 'staging,PROD-IS-NONE'.toLowerCase() });
    expect(environment).toMatchObject({ default: 'production', allowed: new Set(['staging', 'prod-is-none']) });
    const id = '0190b0e4-7c5a-7d3e-8f10-0123456789ab';
    expect(readConfig({ FLAGTREE_DEFAULT_ENVIRONMENT: id }).environment.default).toBe(id);
  });

  it('counts an empty value as left out', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', FLAGTREE_ALLOWED_ENVIRONMENTS: '' })).toEqual(readConfig({}));
  });

  it('lets the variables of the command line alone', () => {
    expect(readConfig({ FLAGTREE_URL: 'http://x', FLAGTREE_TOKEN: 'y' })).toEqual(readConfig({}));
  });

  describe('a secret in a file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'flagtree-config-'));
    const file = join(directory, 'url');
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });

    it('is read without the line end', () => {
      writeFileSync(file, 'postgres://u:p@db/flags\n');
      expect(readConfig({ DATABASE_URL_FILE: file }).database.url).toBe('postgres://u:p@db/flags');
    });

    it('must not be empty', () => {
      writeFileSync(file, '\n');
      expect(problemsOf({ DATABASE_URL_FILE: file })).toEqual([
        `DATABASE_URL is empty in ${file}, which DATABASE_URL_FILE names`,
      ]);
    });

    it('must be readable', () => {
      expect(problemsOf({ DATABASE_URL_FILE: '/nowhere/url' })).toEqual([
        'DATABASE_URL cannot be read from /nowhere/url, which DATABASE_URL_FILE names (ENOENT)',
      ]);
    });

    it('cannot compete with the variable itself', () => {
      expect(problemsOf({ DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: file })).toEqual([
        'DATABASE_URL and DATABASE_URL_FILE are both set: keep one of them',
      ]);
    });
  });
});

describe('SETTINGS', () => {
  it('names each setting once, with a meaning that is a sentence', () => {
    expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length);
    for (const { meaning } of SETTINGS) expect(meaning).toMatch(/^[A-Z`].*\.$/);
  });
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
