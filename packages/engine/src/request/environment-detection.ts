import { ENVIRONMENT_NAME } from '../state/names.js';

export type EnvironmentSource = 'header' | 'query' | 'token' | 'default';

/** Why a name that the request (or its token) named was not taken. */
export type IgnoredBecause = 'repeated' | 'empty' | 'malformed' | 'not-allowed';

export interface DetectedEnvironment {
  /** Its slug, an alias or its id, as it was given. */
  name: string;
  by: EnvironmentSource;
  ignored?: { source: Exclude<EnvironmentSource, 'default'>; why: IgnoredBecause };
}

export interface DetectionSettings {
  /** A slug, an alias or an id. It needs no place on the allow-list. */
  readonly default: string;
  /** False: every request gets the default. */
  readonly detection: boolean;
  readonly header: string;
  /** Null: the query is not looked at. */
  readonly queryParam: string | null;
  /** Whether the allow-list holds what this names. */
  readonly isAllowed: (name: string) => boolean;
}

/** What detection reads of a request: `raw` is Node's, `query` as Fastify and Express parse it (a repeated parameter is an array). */
export interface DetectableRequest {
  readonly raw: { readonly headers: { readonly [name: string]: unknown }; readonly rawHeaders: readonly string[] };
  readonly query: unknown;
}

/**
 * The environment that a request names: by header, else by query, else by its token's only environment, else the default.
 * The first of them that is present decides: when it cannot be taken, the answer is the default and never the next source.
 */
export function detectEnvironment(
  request: DetectableRequest,
  tokensOnlyEnvironment: string | null,
  settings: DetectionSettings,
): DetectedEnvironment {
  if (!settings.detection) return { name: settings.default, by: 'default' };
  const header = headerValue(request.raw, settings.header.toLowerCase());
  if (header !== undefined) return take(header, 'header', settings);
  const query = settings.queryParam === null ? undefined : queryValue(request.query, settings.queryParam);
  if (query !== undefined) return take(query, 'query', settings);
  if (tokensOnlyEnvironment !== null) return take(tokensOnlyEnvironment, 'token', settings);
  return { name: settings.default, by: 'default' };
}

const REPEATED = Symbol('repeated');
type Named = string | typeof REPEATED;

function take(named: Named, source: Exclude<EnvironmentSource, 'default'>, settings: DetectionSettings): DetectedEnvironment {
  const why = refusal(named, settings.isAllowed);
  if (why !== null) return { name: settings.default, by: 'default', ignored: { source, why } };
  return { name: named as string, by: source };
}

function refusal(named: Named, isAllowed: DetectionSettings['isAllowed']): IgnoredBecause | null {
  if (named === REPEATED) return 'repeated';
  if (named.trim() === '') return 'empty';
  if (!ENVIRONMENT_NAME.test(named)) return 'malformed';
  return isAllowed(named) ? null : 'not-allowed';
}

/** Node joins a repeated header with ", ", or drops all but the first: only the raw list tells both from a single one. */
function headerValue({ headers, rawHeaders }: DetectableRequest['raw'], name: string): Named | undefined {
  if (headers[name] === undefined) return undefined;
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const one = rawHeaders[at];
    if (one?.length !== name.length || one.toLowerCase() !== name) continue;
    if (found !== undefined) return REPEATED;
    found = rawHeaders[at + 1] ?? '';
  }
  return found;
}

function queryValue(query: unknown, name: string): Named | undefined {
  if (typeof query !== 'object' || query === null || !Object.hasOwn(query, name)) return undefined;
  const value = (query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : REPEATED;
}
