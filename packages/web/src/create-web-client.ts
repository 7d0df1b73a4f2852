import type { Bulk, Refusal } from './bulk.js';
import { createCache, hashOf, type Kept } from './cache.js';
import { createExposures } from './exposures.js';
import { createListeners } from './listeners.js';
import { createRefresher, isFinal } from './refresh/refresher.js';
import type { Context, Details, Json, State, Status, WebClient, WebClientOptions } from './types.js';
import { changedKeys, detailsFrom, valuesOf } from './values.js';

const READY_MS = 3_000;

/**
 * Flags for one page. It asks the server at once, and answers meanwhile by `bootstrap`, by an earlier visit, or by the fallbacks. It never throws.
 * Where there is no page (a server that renders) it answers by `bootstrap`, and asks nobody.
 */
export function createWebClient(options: WebClientOptions = {}): WebClient {
  const { token = '', environment = '', anonymous = false, changes = 'live' } = options;
  const url = (options.url ?? '').replace(/\/+$/, '');
  const isPage = typeof document !== 'undefined';
  const { on, tell } = createListeners();
  const cache = createCache(isPage ? options.storage : null);
  const exposures = createExposures(options.exposures);
  const bootstrap = valuesOf(options.bootstrap);

  let asked: Context = {};
  let context = asked;
  let values = bootstrap;
  let metadata = (options.bootstrap as Partial<Bulk> | undefined)?.metadata;
  let isCached = false;
  let isHeld = false;
  let state: State = 'loading';
  let updatedAt: number | null = null;
  const waiting: (() => void)[] = [];

  const place = (): string => hashOf(JSON.stringify([url, environment, token, context]));
  const enter = (to: State): void => {
    const from = state;
    state = to;
    if (from !== to) tell('state', { from, to });
    for (const done of waiting.splice(0)) done();
  };
  const install = (kept: Kept, isNews: boolean): void => {
    const before = values;
    values = valuesOf(kept.flags, before);
    metadata = kept.metadata;
    isCached = !isNews;
    const keys = changedKeys(before, values);
    if (keys.length > 0) tell('change', { keys });
  };

  const setup = {
    url,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(environment && { 'x-environment': environment }) },
    name: changes === 'live' ? `flagtree:${hashOf([url, environment, token].join())}` : null,
    answered: (bulk: Bulk | null) => {
      updatedAt = Date.now();
      if (bulk) cache.write(place(), bulk);
      if (bulk && !isHeld) install(bulk, true);
      isCached &&= isHeld;
      isHeld = changes === 'next-load';
      enter('ready');
    },
    refused: (refusal: Refusal, failures: number) => {
      if (failures === 1) tell('problem', refusal);
      if (values.size === 0) enter('empty');
      else if (failures > 1 || isFinal(refusal) || state === 'loading') enter('stale');
    },
    hidden: exposures.flush,
  };
  const refresher = isPage ? createRefresher(setup) : null;

  /** What an earlier visit left for this context, and then what the server says. */
  const begin = (given: Context, isKept: boolean): void => {
    asked = given;
    context = anonymous && given.targetingKey === undefined ? { ...given, targetingKey: cache.id(false) } : given;
    const kept = cache.read(place());
    isHeld = changes === 'next-load' && (isKept || kept !== null);
    if (kept && !isKept) install(kept, false);
    if (state !== 'closed') refresher?.begin(context, kept && !isKept ? kept.etag : null);
  };
  const status = (): Status => ({
    state,
    environment: (metadata?.['flagSetId'] as string | undefined) ?? null,
    revision: metadata ? Number(metadata['version']) : null,
    updatedAt,
  });
  const settled = (timeoutMs: number): Promise<Status> =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      setTimeout(resolve, isPage ? timeoutMs : 0);
    }).then(status);
  const changeContext = (given: Context): Promise<Status> => {
    exposures.forget();
    const answer = settled(READY_MS);
    begin(given, false);
    return answer;
  };

  const details = <Value extends Json>(key: string, fallback: Value): Details<Value> => {
    const found = detailsFrom(values, key, fallback, isCached);
    const { environment: at, revision } = status();
    exposures.add({
      type: 'exposure',
      flag: key,
      variant: found.variant,
      reason: (!found.errorCode && values.get(key)?.reason) || found.reason,
      targetingKey: context.targetingKey ?? null,
      environment: at,
      revision,
      time: new Date().toISOString(),
    });
    return found;
  };
  const value = <Value extends Json>(key: string, fallback: Value): Value => details(key, fallback).value;

  begin(options.context ?? {}, bootstrap.size > 0);
  return {
    boolean: (key, fallback = false) => value(key, fallback),
    string: (key, fallback = '') => value(key, fallback),
    number: (key, fallback = 0) => value(key, fallback),
    json: <Value extends Json>(key: string, fallback = {} as Value) => value(key, fallback),
    variant: (key) => values.get(key)?.variant ?? null,
    details,
    all: () => {
      const all: Record<string, Details> = {};
      for (const { key, value: given } of values.values())
        if (given !== undefined) all[key] = detailsFrom(values, key, given, isCached);
      return all;
    },
    initial: (key, fallback) => detailsFrom(bootstrap, key, fallback, false),
    ready: ({ timeoutMs = READY_MS } = {}) => (state === 'loading' ? settled(timeoutMs) : Promise.resolve(status())),
    setContext: changeContext,
    resetAnonymousId: () => {
      cache.id(true);
      return changeContext(asked);
    },
    on,
    status,
    flush: exposures.flush,
    close: () => {
      refresher?.close();
      void exposures.flush();
      enter('closed');
    },
  };
}
