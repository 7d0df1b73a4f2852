import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { root } from './api.js';

/** What the stream of the management API tells of a revision. */
interface Change {
  revision: number;
  keys: string[] | null;
  tables: string[];
}

type Message = { event: 'hello' | 'reset' | 'lost' } | { event: 'change'; change: Change };

export interface LiveState {
  isConnected: boolean;
  /** When the connection was lost; null while there is one. */
  lostAt: Date | null;
}

let state: LiveState = { isConnected: false, lostAt: null };
const listeners = new Set<() => void>();

export const useLive = (): LiveState =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );

function setState(next: LiveState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Changes that come in a burst are read once. */
const GATHER_MS = 250;

/**
 * Follows what others change, until it is stopped. A browser has few connections to one server: of all tabs one has the stream, and tells the
 * others. Another one takes its place when it is closed.
 */
export function followChanges(client: QueryClient): () => void {
  const channel = new BroadcastChannel('flagtree-changes');
  const stop = new AbortController();
  const staleness = new Staleness(client);
  const take = (message: Message) => {
    if (message.event === 'lost') setState({ isConnected: false, lostAt: state.lostAt ?? new Date() });
    else setState({ isConnected: true, lostAt: null });
    if (message.event === 'change') staleness.add(message.change);
    else if (message.event !== 'lost') staleness.all();
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => { take(data); }; // prettier-ignore
  const tell = (message: Message) => {
    take(message);
    channel.postMessage(message);
  };
  void navigator.locks.request('flagtree-stream', { signal: stop.signal }, () => lead(tell, stop.signal)).catch(() => undefined); // stopped before it was this tab's turn
  return () => {
    stop.abort();
    channel.close();
    staleness.stop();
  };
}

function lead(tell: (message: Message) => void, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const source = new EventSource(new URL('api/admin/stream', root));
    source.addEventListener('hello', () => { tell({ event: 'hello' }); }); // prettier-ignore
    source.addEventListener('reset', () => { tell({ event: 'reset' }); }); // prettier-ignore
    source.addEventListener('change', ({ data }) => {
      tell({ event: 'change', change: JSON.parse(data as string) as Change });
    });
    source.addEventListener('error', () => { tell({ event: 'lost' }); }); // prettier-ignore
    signal.addEventListener('abort', () => {
      source.close();
      done();
    });
  });
}

/** What has to be read anew, gathered for a moment. */
class Staleness {
  private keys = new Set<string>();
  private isAll = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  add({ keys, tables }: Change): void {
    if (keys === null || tables.some((table) => table === 'environments' || table === 'segments')) this.isAll = true;
    else for (const key of keys) this.keys.add(key);
    this.plan();
  }

  all(): void {
    this.isAll = true;
    this.plan();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private plan(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const { keys, isAll } = this;
      this.keys = new Set();
      this.isAll = false;
      void this.client.invalidateQueries({
        predicate: ({ queryKey: [kind, key] }) =>
          isAll || kind === 'matrix' || kind === 'history' || (kind === 'flag' && keys.has(String(key))),
      });
    }, GATHER_MS);
  }
}
