import { areRows, decode, isDeep, isObject } from '../snapshot/decode.js';
import type { HeldDocument, Row } from '../snapshot/held-document.js';
import type { Change } from '../snapshot/merge.js';
import type { ServerEvent } from '../transport/sse.js';

/** What an event means for who holds a document. */
export type Told =
  /** Where the server is; at first. */
  | { readonly tells: 'current'; readonly revision: number; readonly etag: string; readonly heartbeatMs: number | null }
  /** All that changed, and it fits what is held. */
  | { readonly tells: 'change'; readonly change: Change; readonly keys: readonly string[] }
  /** There is something newer: the document has to be asked for. */
  | { readonly tells: 'news'; readonly revision: number; readonly etag: string }
  | { readonly tells: 'document'; readonly document: HeldDocument }
  /** What was told before does not count; `replaced`: neither do revisions. */
  | { readonly tells: 'reset'; readonly replaced: boolean }
  /** Of another environment, known already, or not to be understood. `doubtful`: better ask for the document. */
  | { readonly tells: 'nothing'; readonly doubtful: boolean };

const KNOWN: Told = { tells: 'nothing', doubtful: false };
const GARBAGE: Told = { tells: 'nothing', doubtful: true };

export function interpret({ event, data }: ServerEvent, held: HeldDocument): Told {
  const content = contentOf(data);
  if (content === null) return GARBAGE;
  if (event === 'snapshot') {
    const decoded = decode(content);
    return 'document' in decoded ? { tells: 'document', document: decoded.document } : GARBAGE;
  }
  const { environment, revision, etag } = content;
  if (environment !== undefined && environment !== held.environment) return KNOWN;
  if (event === 'reset') return { tells: 'reset', replaced: content['reason'] === 'history-replaced' };
  if (event !== 'current' && event !== 'change') return KNOWN; // of a newer server
  if (typeof revision !== 'number' || typeof etag !== 'string') return GARBAGE;
  if (event === 'current') return { tells: 'current', revision, etag, heartbeatMs: millisecondsIn(content['heartbeatMs']) };
  if (revision < held.revision || etag === held.etag) return KNOWN;
  return changeIn(content, held) ?? { tells: 'news', revision, etag };
}

function changeIn(
  { revision, etag, from, flags, segments = {}, keys }: Record<string, unknown>,
  held: HeldDocument,
): Told | null {
  if (from !== held.etag || !areChanges(flags) || !areChanges(segments)) return null;
  const named = Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : Object.keys(flags);
  return { tells: 'change', change: { revision: revision as number, etag: etag as string, flags, segments }, keys: named };
}

function areChanges(value: unknown): value is Record<string, Row | null> {
  if (!isObject(value)) return false;
  const present = Object.fromEntries(Object.entries(value).filter(([, row]) => row !== null));
  return areRows(present) && !Object.hasOwn(value, '__proto__') && !isDeep(value);
}

function contentOf(data: string): Record<string, unknown> | null {
  try {
    const content: unknown = JSON.parse(data);
    return isObject(content) ? content : null;
  } catch {
    return null;
  }
}

const millisecondsIn = (value: unknown): number | null =>
  typeof value === 'number' && value >= 100 && value <= 3_600_000 ? value : null;
