import { createEventSource, type EventSourceClient } from 'eventsource-client';

/** What a browser's EventSource is to a provider, by another client: it comes back by itself, and takes no headers. */
export class BrowserEventSource extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  private readonly source: EventSourceClient;
  private failed = false;

  constructor(readonly url: string) {
    super();
    this.source = createEventSource({
      url,
      fetch: async (target, init) => {
        const response = await fetch(target, init);
        this.failed = response.status !== 200;
        return response;
      },
      onConnect: () => {
        if (this.failed) return;
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
      },
      onMessage: ({ data, id, event }) =>
        this.dispatchEvent(new MessageEvent(event ?? 'message', { data, lastEventId: id ?? '' })),
      onDisconnect: () => { this.lose(); }, // prettier-ignore
      onScheduleReconnect: () => { if (this.failed) this.fail(); }, // prettier-ignore
    });
  }

  close(): void {
    this.readyState = BrowserEventSource.CLOSED;
    this.source.close();
  }

  private lose(): void {
    if (this.failed) {
      this.fail();
      return;
    }
    this.readyState = 0;
    this.dispatchEvent(new Event('error'));
  }

  /** Any answer but 200 ends a browser's attempts. */
  private fail(): void {
    this.close();
    this.dispatchEvent(new Event('error'));
  }
}
