import type { Bulk } from './bulk.js';
import type { WebClientOptions } from './types.js';

export type Kept = Pick<Bulk, 'flags' | 'metadata' | 'etag'>;

export interface Cache {
  read: (key: string) => Kept | null;
  write: (key: string, kept: Kept) => void;
  /** A random id, kept for the next visit. */
  id: (isNew: boolean) => string;
}

const NAME = 'flagtree';
const ID = 'flagtree-id';
const LONGEST_MS = 7 * 24 * 3_600_000;
const MOST = 5;

/** Values of earlier visits, by a hash of who looked. A storage that is full, denied or odd is none: what is asked of it is tried, and no more. */
export function createCache(storage: WebClientOptions['storage']): Cache {
  let id: string | null = null;
  const attempt = <Result>(action: (from: NonNullable<typeof storage>) => Result): Result | null => {
    try {
      const from = storage === undefined ? localStorage : storage;
      return from && action(from);
    } catch {
      return null;
    }
  };
  const load = () => attempt((from) => JSON.parse(from.getItem(NAME) ?? '{}') as Record<string, Kept & { time: number }>) ?? {};
  return {
    read: (key) => {
      const kept = load()[key];
      return kept && Date.now() - kept.time < LONGEST_MS ? kept : null;
    },
    write: (key, { flags, metadata, etag }) => {
      const { [key]: _, ...others } = load();
      const all = Object.entries({ [key]: { time: Date.now(), flags, metadata, etag }, ...others }).slice(0, MOST);
      attempt((from) => { from.setItem(NAME, JSON.stringify(Object.fromEntries(all))); }); // prettier-ignore
    },
    id: (isNew) => {
      if (isNew) id = null;
      else id ??= attempt((from) => from.getItem(ID));
      const known = (id ??= randomId());
      attempt((from) => { from.setItem(ID, known); }); // prettier-ignore
      return known;
    },
  };
}

const randomId = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');

/** 32 bits of a text (FNV-1a): a name, and nothing secret. What stands below a wrong one is asked for anew all the same. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `h${hash}`;
}
