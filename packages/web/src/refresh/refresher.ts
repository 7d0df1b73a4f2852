import { askForAll, type Bulk, type BulkRequest, type Refusal } from '../bulk.js';
import { createFollower } from './follower.js';
import { watchPage } from './page.js';

export interface Refresher {
  /** Asks at once, for another context: what is under way for the one before is given up. */
  begin: (context: object, etag: string | null) => void;
  close: () => void;
}

interface Setup extends Pick<BulkRequest, 'url' | 'headers'> {
  /** Of the tabs that share a stream; null: changes are not listened for. */
  name: string | null;
  /** Null: all is as it was. */
  answered: (bulk: Bulk | null) => void;
  refused: (refusal: Refusal, failures: number) => void;
  /** The page is no longer seen, and may end without another word. */
  hidden: () => unknown;
}

const POLL_MS = 60_000;
const REFUSED_MS = 300_000;

export const isFinal = ({ status }: Refusal): boolean => status === 401 || status === 403;

/** Keeps asking while the page is looked at: when the stream says so, by the clock where there is none, and after a while where it was refused. One request at a time. */
export function createRefresher({ url, headers, name, answered, refused, hidden }: Setup): Refresher {
  let context: object = {};
  let etag: string | null = null;
  let configEtag: string | undefined;
  let stream: string | undefined;
  let idleMs = 120_000;
  let failures = 0;
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const plan = (ms: number, action: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
  /** A moment later, and not everybody at the same one. */
  const hear = (of?: string): void => {
    configEtag = of ?? configEtag;
    plan(50 + Math.random() * 250, ask);
  };
  /** There is no stream: asks by the clock, for all tabs. */
  const poll = (): void => {
    if (follower) plan(POLL_MS, follower.tell);
  };
  const follower = name === null ? null : createFollower(name, hear, poll);

  function ask(): void {
    if (asking) {
      hear();
      return;
    }
    const mine = new AbortController();
    asking = mine;
    void askForAll({ url, headers, context, etag, configEtag, signal: mine.signal }).then((answer) => {
      if (asking !== mine) return; // for a context that holds no more
      asking = null;
      if (answer && 'status' in answer) retry(answer);
      else take(answer);
    });
  }

  function take(bulk: Bulk | null): void {
    failures = 0;
    if (bulk) ({ etag, stream, idleMs } = bulk);
    answered(bulk);
    if (stream) follower?.use(stream);
    else poll();
  }

  function retry(refusal: Refusal): void {
    failures++;
    // it may be that of a database which is no more
    if (refusal.status === 503 && failures > 1) configEtag = undefined;
    const backOff = Math.min(POLL_MS, 1000 * 2 ** failures) * (1 - Math.random() / 2);
    plan(isFinal(refusal) ? REFUSED_MS : refusal.waitMs || backOff, ask);
    refused(refusal, failures);
  }

  const drop = (): void => {
    asking?.abort();
    asking = null;
    clearTimeout(timer);
  };
  /** Nobody looks: leaves the stream to other tabs, and asks no more. */
  const rest = (): void => {
    drop();
    follower?.stop();
  };
  const forget = watchPage(
    hidden,
    () => {
      follower?.start();
      hear();
    },
    rest,
    () => idleMs,
  );
  follower?.start();
  return {
    begin: (given, known) => {
      drop();
      context = given;
      etag = known;
      ask();
    },
    close: () => {
      forget();
      rest();
      follower?.close();
    },
  };
}
