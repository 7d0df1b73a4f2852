import { readFileSync } from 'node:fs';

/** npm passes a terminal's Ctrl-C on to a server that has had it already: the same wish, not a second one. */
const SAME_WISH_MS = 500;

/**
 * Aborted by the first SIGTERM, SIGINT or SIGHUP, with the signal's name as the reason. Another one ends the process at once.
 * To be called before anything is started: the signals' own doing, to kill the process, ends here.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  const receive = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted && Date.now() - firstAt > SAME_WISH_MS) process.exit(EXIT_CODES[name] ?? 1);
    if (stop.signal.aborted) return;
    firstAt = Date.now();
    stop.abort(name);
  };
  process.on('SIGTERM', receive).on('SIGINT', receive);
  if (!isNohup()) process.on('SIGHUP', receive);
  return stop.signal;
}

/** As shells count: 128 + the signal's number. */
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Whoever starts us with `nohup` wants us to outlive the terminal; a handler would undo that. */
function isNohup(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return ignored !== undefined && (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return process.platform !== 'win32'; // it cannot be told: leave the signal alone
  }
}
