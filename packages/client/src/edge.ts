import { Counters } from './reading/counters.js';
import { Generation } from './reading/generation.js';
import { Reader } from './reading/reader.js';
import type { ReadingKit } from './reading/reading-kit.js';
import { Layers } from './overrides/layers.js';
import { decode, decodeText } from './snapshot/decode.js';
import { snapshotOf } from './engine.js';
import type { SnapshotDocument } from './types/document.js';
import type { AnyFlags, FlagSet } from './types/flags.js';
import type { FlagReader } from './types/reader.js';

export { defineFlags, flag, type FlagMaker } from './flags.js';
export type { SnapshotDocument } from './types/document.js';
export type * from './types/flags.js';
export type * from './types/json.js';
export type * from './types/reader.js';

export interface EvaluatorOptions<F extends FlagSet> {
  readonly flags?: F;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Reads the flags of one document, with nothing but what every JavaScript has: for workers, edge functions and the like. Without timers or
 * network, it never gets another one: make a new evaluator of a new document.
 * @throws {TypeError} when it is no document that this version can read
 */
export function createEvaluator<F extends FlagSet = AnyFlags>(
  document: SnapshotDocument,
  options: EvaluatorOptions<F> = {},
): FlagReader<F> {
  const decoded = decode(document);
  if ('refused' in decoded) throw new TypeError(`The document cannot be used: ${decoded.refused}`);
  const kit: ReadingKit = {
    definitions: options.flags ?? {},
    ambient: { used: false, current: () => undefined },
    layers: new Layers(),
    counters: new Counters(),
    witness: { active: false, see: () => undefined },
    now: options.now ?? Date.now,
    defective: () => undefined,
    misfit: () => undefined,
  };
  const reader = new Reader({ current: new Generation(snapshotOf(decoded.document), kit) }, kit);
  return reader;
}

/** As much of `fetch` as is used. */
export type Fetch = (
  url: string,
  init: { headers: Record<string, string>; redirect: 'manual' },
) => Promise<{
  readonly status: number;
  text(): Promise<string>;
}>;

export interface FetchOptions {
  readonly url: string;
  readonly token: string;
  readonly environment?: string;
  /** That of the document which is there already. */
  readonly etag?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: Fetch;
}

/** The document of an environment; `'unchanged'` when it still has that tag. Rejects, with what the server said, when there is none. */
export async function fetchDocument({
  url,
  token,
  environment,
  etag,
  fetch = globalThis.fetch,
}: FetchOptions): Promise<SnapshotDocument | 'unchanged'> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/api/feature-flags/snapshot`, {
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${token}`,
      ...(environment !== undefined && { 'x-environment': environment }),
      ...(etag !== undefined && { 'if-none-match': `"${etag}"` }),
    },
  });
  if (response.status === 304) return 'unchanged';
  const text = await response.text();
  if (response.status !== 200) throw new Error(`The server answers ${response.status}: ${text.slice(0, 500)}`);
  const decoded = decodeText(text);
  if ('refused' in decoded) throw new Error(`The document of the server cannot be used: ${decoded.refused}`);
  const { document } = decoded;
  const { environment: resolved, aliases } = document;
  if (environment !== undefined && environment !== resolved && !aliases.includes(environment))
    throw new Error(`The environment "${environment}" was asked for, and "${resolved}" was answered`);
  return document;
}
