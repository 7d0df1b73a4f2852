import type { Call, Caller } from './calls/caller.js';
import { FlagtreeUnreachable } from './errors.js';
import { EventParser, type StreamEvent } from './events.js';

/** Servers say something every 15 seconds, unless set up otherwise. */
const SILENCE_MS = 60_000;

/** The events of a stream, until it ends or is left. It is not opened anew: whoever wants that says `lastEventId`. */
export async function* eventsOf(caller: Caller, call: Call): AsyncGenerator<StreamEvent, void> {
  const left = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waitForMore = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const message = `The event stream has been silent for ${SILENCE_MS / 1000} s.`;
      left.abort(new FlagtreeUnreachable(message, 'timed-out', false));
    }, SILENCE_MS);
  };
  try {
    const signal = call.signal ? AbortSignal.any([call.signal, left.signal]) : left.signal;
    const { body } = await caller.open(call, signal);
    const parser = new EventParser();
    waitForMore();
    // a ReadableStream can be iterated, which its type in pages does not say yet
    for await (const bytes of (body ?? []) as AsyncIterable<Uint8Array>) {
      waitForMore();
      yield* parser.push(bytes);
    }
  } finally {
    clearTimeout(timer);
    left.abort();
  }
}
