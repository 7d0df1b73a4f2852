import type { SizeLimits } from '@flagtree/engine';
import type { CorsOrigins } from './http-parsers.js';

/** Injection token of the one {@link Config}. */
export const CONFIG = Symbol('Config');

/** Everything that can be set from outside, read once at start. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly database: {
    /** Null: Flagtree runs a private PostgreSQL below the data directory. */
    readonly url: string | null;
    /** Owns the tables, and is used before the server listens; null: `url` is used for this, too. */
    readonly migrationUrl: string | null;
    readonly poolSize: number;
    /** The point of a history that need not be found in the database any more; null: what this server knows has to be there. */
    readonly forgetHistory: string | null;
  };
  /** Null: a random one is kept in the data directory. */
  readonly adminToken: string | null;
  readonly environment: {
    /** A slug, an alias or an id, as all names of environments here. */
    readonly default: string;
    /** What an empty database starts with, a parent before its children. */
    readonly first: readonly FirstEnvironment[];
    readonly inheritance: boolean;
    readonly detection: boolean;
    readonly header: string;
    /** Null: the query is not looked at. */
    readonly queryParam: string | null;
    /** Null: every environment. */
    readonly allowed: ReadonlySet<string> | null;
  };
  /** Whose pages may evaluate; null: none of another origin. */
  readonly cors: CorsOrigins | null;
  /** Whether the OpenAPI document and the page to read it are served. */
  readonly apiDocs: boolean;
  /** Whether the panel is served, and people can sign in to it. */
  readonly panel: boolean;
  /** Stands before every URL of an answer; null: what trusted proxies say. */
  readonly publicUrl: string | null;
  /** Addresses, CIDRs and names of ranges, as `proxy-addr` has them. */
  readonly trustedProxies: readonly string[];
  readonly log: { readonly level: LogLevel };
  readonly pollIntervalMs: number;
  readonly streams: {
    readonly limit: number;
    readonly limitPerToken: number;
    /** Opened per second. */
    readonly rate: number;
    readonly heartbeatMs: number;
    readonly bufferBytes: number;
    readonly ticketLifetimeMs: number;
  };
  /** Evaluations a second of one address with a browser token; 0: any number. */
  readonly browserRate: number;
  readonly auditAnchorIntervalMs: number;
  readonly metrics: MetricsAccess;
  /** Whether evaluations are also counted by flag and variant. */
  readonly metricsOfFlags: boolean;
  /** Null: nobody is told of evaluations. */
  readonly telemetryEndpoint: string | null;
  /** Null: there is no mirror. */
  readonly redisUrl: string | null;
  readonly mirrorCheckIntervalMs: number;
  readonly shutdownTimeoutMs: number;
  /** For the whole of a request to come. */
  readonly requestTimeoutMs: number;
  readonly connectionLimit: number;
  /** Refused tokens of one address in a minute; 0: any number. */
  readonly refusalLimit: number;
  readonly bodyLimitBytes: number;
  readonly importLimitBytes: number;
  /** How much of everything there may be; what is there already stays. */
  readonly sizes: SizeLimits;
}

export const METRICS_ACCESS = ['protected', 'public', 'off'] as const;
export type MetricsAccess = (typeof METRICS_ACCESS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** For lines that are made at every request: at any other level they cost nothing. */
export const isDebug = (level: LogLevel): boolean => level === 'debug' || level === 'trace';

/** An environment of a first start; `parent` is the slug of an earlier one, null for a root. */
export interface FirstEnvironment {
  readonly slug: string;
  readonly parent: string | null;
}
