import type { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { millisecondsOf } from '../duration.js';
import { ConfigurationError } from '../errors.js';
import { isObject } from '../snapshot/decode.js';
import { isToken } from '../transport/token.js';
import type { FlagSet } from '../types/flags.js';
import type { SnapshotDocument } from '../types/document.js';
import type { ClientOptions, Logger, Mode, Token } from '../types/options.js';
import { VERSION } from '../version.js';

/** What a client was told, checked, with defaults for the rest. Durations are milliseconds. */
export interface Settings {
  readonly url: URL | null;
  readonly token: Token;
  readonly environment: string | null;
  readonly mode: Mode;
  readonly pollMs: number;
  readonly headMs: number;
  readonly totalMs: number;
  readonly cache: string | null;
  readonly bootstrap: { readonly path: string } | { readonly document: SnapshotDocument } | null;
  readonly maxBytes: number;
  readonly shrinkGuardMs: number;
  readonly overrides: boolean;
  readonly logger: Logger | false;
  readonly agent: Agent | undefined;
  readonly userAgent: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

export const MODES: readonly Mode[] = ['stream', 'poll', 'manual', 'offline'];
const LEAST_POLL_MS = 1_000;

/** @throws {ConfigurationError} with everything that is wrong */
export function settle<F extends FlagSet>(options: ClientOptions<F>, variables: Variables): Settings {
  const defects: string[] = [];
  const wrong = (defect: string): void => {
    defects.push(defect);
  };
  const mode = oneOf(options.mode ?? 'stream', MODES, 'mode', wrong);
  const isOnline = mode !== 'offline';
  const pollMs = duration(options.pollInterval, 30_000, 'pollInterval', wrong);
  if (pollMs < LEAST_POLL_MS) wrong(`pollInterval is at least ${LEAST_POLL_MS / 1_000} s`);
  const settings: Settings = {
    url: isOnline ? urlIn(options.url ?? given(variables['FLAGTREE_URL']), wrong) : null,
    token: isOnline ? tokenIn(options.token, variables, wrong) : '',
    environment: environmentIn(options.environment ?? given(variables['FLAGTREE_ENVIRONMENT']), wrong),
    mode,
    pollMs,
    headMs: duration(options.headTimeout, 5_000, 'headTimeout', wrong),
    totalMs: duration(options.requestTimeout, 30_000, 'requestTimeout', wrong),
    cache: options.cache === false ? null : (options.cache ?? given(variables['FLAGTREE_CACHE_DIR']) ?? null),
    bootstrap: bootstrapIn(options.bootstrap, wrong),
    maxBytes: wholeNumber(options.maxBytes ?? 32 * 1024 * 1024, 'maxBytes', wrong),
    shrinkGuardMs: duration(options.shrinkGuard, 60_000, 'shrinkGuard', wrong),
    overrides: options.overrides !== false && variables['FLAGTREE_OVERRIDES'] !== 'off',
    logger: options.logger ?? console,
    agent: options.agent,
    userAgent: `flagtree-client/${VERSION}`,
  };
  definitionDefects(options.flags ?? {}).forEach(wrong);
  if (defects.length > 0) throw new ConfigurationError(defects);
  return settings;
}

type Wrong = (defect: string) => void;

/** An empty variable counts as none: that is how a variable is unset in many places. */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function urlIn(text: unknown, wrong: Wrong): URL | null {
  if (text === undefined) {
    wrong('url is missing: name the server by the option url or by FLAGTREE_URL, or say mode: "offline"');
    return null;
  }
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '') return url;
  wrong(`url is ${JSON.stringify(text)}: it has to be like https://flags.example.com, without a user, a query or a fragment`);
  return null;
}

function tokenIn(token: unknown, variables: Variables, wrong: Wrong): Token {
  const file = given(variables['FLAGTREE_TOKEN_FILE']);
  const chosen: unknown = token ?? given(variables['FLAGTREE_TOKEN']) ?? (file === undefined ? undefined : { file });
  if (chosen === undefined) wrong('token is missing: give it by the option token, FLAGTREE_TOKEN or FLAGTREE_TOKEN_FILE');
  else if (typeof chosen === 'function') return chosen as Token;
  else if (isToken(chosen)) return chosen;
  else if (isObject(chosen) && typeof chosen['file'] === 'string' && chosen['file'] !== '') return { file: chosen['file'] };
  else wrong('token has to be a text of printable ASCII, { file } or a function: it is never shown, so look where it comes from');
  return '';
}

function environmentIn(environment: unknown, wrong: Wrong): string | null {
  if (environment === undefined) return null;
  if (typeof environment === 'string' && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(environment) && !UUID.test(environment))
    return environment;
  wrong(`environment is ${JSON.stringify(environment)}: name it by its slug or an alias`);
  return null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function bootstrapIn(bootstrap: unknown, wrong: Wrong): Settings['bootstrap'] {
  if (bootstrap === undefined) return null;
  if (bootstrap instanceof URL) {
    if (bootstrap.protocol === 'file:') return { path: fileURLToPath(bootstrap) };
    wrong('bootstrap is read at once: a URL has to be a file: URL');
    return null;
  }
  if (typeof bootstrap === 'string') return { path: bootstrap.startsWith('file:') ? fileURLToPath(bootstrap) : bootstrap };
  return { document: bootstrap as SnapshotDocument };
}

function duration(given: unknown, fallback: number, name: string, wrong: Wrong): number {
  if (given === undefined) return fallback;
  const ms = millisecondsOf(given);
  if (ms === undefined) wrong(`${name} is ${JSON.stringify(given)}: write milliseconds, or a text such as "30s"`);
  return ms ?? fallback;
}

function wholeNumber(given: unknown, name: string, wrong: Wrong): number {
  if (Number.isSafeInteger(given) && (given as number) > 0) return given as number;
  wrong(`${name} has to be a whole number above 0`);
  return 1;
}

function oneOf<T extends string>(given: unknown, words: readonly T[], name: string, wrong: Wrong): T {
  if (words.includes(given as T)) return given as T;
  wrong(`${name} is ${JSON.stringify(given)}: it is one of ${words.join(', ')}`);
  return words[0] as T;
}

function definitionDefects(flags: FlagSet): string[] {
  return Object.entries(flags).flatMap(([key, definition]) => {
    const { type, fallback, oneOf: words } = definition;
    if (type !== 'json' && typeof fallback !== type) return [`flags["${key}"]: the fallback is no ${type}`];
    if (words && !words.includes(fallback)) return [`flags["${key}"]: the fallback is none of oneOf`];
    return [];
  });
}
