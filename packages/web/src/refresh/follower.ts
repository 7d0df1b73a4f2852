/** Hears of changes. Of all tabs of a browser one has the event stream, and tells the others. */
export interface Follower {
  /** The address of the stream; undefined: there is none. */
  use: (url: string | undefined) => void;
  /** Takes part: has the stream as soon as no other tab has it. */
  start: () => void;
  /** Leaves it to the others. */
  stop: () => void;
  /** To this tab and all others: ask again. */
  tell: (etag?: string) => void;
  close: () => void;
}

/** The first event comes at once, unless something on the way keeps it. */
const FIRST_EVENT_MS = 10_000;

/** `told`: something has changed; `lost`: there is no stream for now, so ask, and say its address anew. */
export function createFollower(name: string, told: (etag?: string) => void, lost: () => void): Follower {
  const channel = new BroadcastChannel(name);
  let url: string | undefined;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLeading = false;
  let leave: (() => void) | null = null;

  const shut = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const fail = (): void => {
    shut();
    lost();
  };
  const tell = (etag?: string): void => {
    channel.postMessage(etag);
    told(etag);
  };
  const open = (): void => {
    if (!isLeading || source || !url) return;
    const opened = (source = new EventSource(url));
    timer = setTimeout(fail, FIRST_EVENT_MS);
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      clearTimeout(timer);
      const { type, etag } = JSON.parse(data) as { type?: string; etag?: string };
      if (type === 'refetchEvaluation') tell(etag);
    };
    opened.onerror = () => {
      // else the browser comes back by itself
      if (opened.readyState === 2) fail();
    };
  };
  channel.onmessage = ({ data }: MessageEvent<string | undefined>) => { told(data); }; // prettier-ignore

  const stop = (): void => {
    leave?.();
    leave = null;
    isLeading = false;
    shut();
  };
  return {
    use: (given) => {
      url = given;
      open();
    },
    start: () => {
      if (leave) return;
      let isWanted = true;
      leave = () => { isWanted = false; }; // prettier-ignore
      const lead = (): Promise<void> | undefined => {
        if (!isWanted) return undefined;
        isLeading = true;
        open();
        return new Promise((resolve) => (leave = resolve));
      };
      // pages without a secure origin have no locks
      const locks = navigator.locks as LockManager | undefined;
      if (locks) locks.request(name, lead).catch(() => undefined);
      else void lead();
    },
    stop,
    tell,
    close: () => {
      stop();
      channel.close();
    },
  };
}
