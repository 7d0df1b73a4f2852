import type { WebEvents } from './types.js';

export interface Listeners {
  on: <Event extends keyof WebEvents>(event: Event, listener: (told: WebEvents[Event]) => void) => () => void;
  tell: <Event extends keyof WebEvents>(event: Event, told: WebEvents[Event]) => void;
}

/** One that throws keeps nobody else from hearing, and is told to the page as any error is. Problems that nobody hears are said in the console. */
export function createListeners(): Listeners {
  const all = new Set<[event: string, listener: (told: never) => void]>();
  return {
    tell: (event, told) => {
      let isHeard = event !== 'problem';
      for (const [of, listener] of [...all]) {
        if (of !== event) continue;
        isHeard = true;
        try {
          listener(told as never);
        } catch (error) {
          reportError(error);
        }
      }
      if (!isHeard) console.warn('No flags:', told);
    },
    on: (event, listener) => {
      const entry: [string, (told: never) => void] = [event, listener];
      all.add(entry);
      return () => { all.delete(entry); }; // prettier-ignore
    },
  };
}
