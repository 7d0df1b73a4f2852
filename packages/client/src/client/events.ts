import type { ClientEvents } from '../types/client.js';

type Listener<E extends keyof ClientEvents> = (event: ClientEvents[E]) => unknown;
type Listeners = { [E in keyof ClientEvents]: Set<Listener<E>> };

/** Who listens to a client. A listener that throws is reported, and the others are called all the same. */
export class Events {
  private readonly listeners: Listeners = { change: new Set(), state: new Set(), exposure: new Set(), problem: new Set() };

  constructor(private readonly failed: (event: keyof ClientEvents, error: unknown) => void) {}

  on<E extends keyof ClientEvents>(event: E, listener: Listener<E>): () => void {
    // in a function of its own, so that one that is added twice is called twice, and taken away once
    const own = (told: ClientEvents[E]): unknown => listener(told);
    this.listeners[event].add(own);
    return () => {
      this.listeners[event].delete(own);
    };
  }

  hears(event: keyof ClientEvents): boolean {
    return this.listeners[event].size > 0;
  }

  emit<E extends keyof ClientEvents>(event: E, told: ClientEvents[E]): void {
    for (const listener of [...this.listeners[event]]) {
      try {
        const result = listener(told);
        if (result instanceof Promise) result.catch((error: unknown) => { this.failed(event, error); }); // prettier-ignore
      } catch (error) {
        this.failed(event, error);
      }
    }
  }
}
