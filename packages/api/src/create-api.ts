import { type Call, Caller } from './calls/caller.js';
import { eventsOf } from './stream.js';
import { type FlagtreeApi, OPERATIONS } from './generated/operations.gen.js';
import type { Operation } from './calls/operation.js';
import { pagesOf } from './pages.js';
import { namesIn, pathFrom, queryFrom } from './calls/path.js';
import { type ApiOptions, settingsFrom } from './settings.js';

/**
 * The management API of one server. Nothing is sent before the first call.
 *
 * @throws {ConfigurationError} where neither the options nor the environment say which server, and who asks
 */
export function createApi(options: ApiOptions = {}): FlagtreeApi {
  const caller = new Caller(settingsFrom(options));
  const api: Record<string, Record<string, unknown>> = {};
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    const [area = '', name = ''] = id.split('.');
    (api[area] ??= {})[name] = methodOf(operation, caller);
  }
  return api as unknown as FlagtreeApi;
}

/** What is no option of ours is one of the operation's. */
type GivenOptions = Omit<Call, 'operation' | 'path' | 'body'> & Record<string, string | undefined>;

/** Takes what the path names, then a body, then options. */
function methodOf(operation: Operation, caller: Caller): (...given: unknown[]) => unknown {
  const names = namesIn(operation.path);
  return (...given) => {
    const values = given.slice(0, names.length);
    const [body, options] = operation.body ? given.slice(names.length) : [undefined, given[names.length]];
    const {
      ifMatch,
      ifNoneMatch,
      idempotencyKey = newKey(operation),
      lastEventId,
      timeoutMs,
      signal,
      ...query
    } = (options ?? {}) as GivenOptions;
    const path = pathFrom(operation.path, values);
    const call = { operation, body, ifMatch, ifNoneMatch, idempotencyKey, lastEventId, timeoutMs, signal };
    if (operation.kind === 'stream') return eventsOf(caller, { ...call, path: path + queryFrom(query) });
    if (operation.kind !== 'list') return caller.ask({ ...call, path: path + queryFrom(query) });
    return pagesOf((cursor) =>
      caller.ask({ ...call, path: path + queryFrom(cursor === undefined ? query : { ...query, cursor }) }),
    );
  };
}

/** One for all attempts of a call: what was done by one of them is not done again. */
function newKey({ keyed }: Operation): string | undefined {
  if (!keyed) return undefined;
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
