import { createEventSource, type EventSourceClient, type EventSourceMessage } from 'eventsource-client';
import { until } from '../support/until.js';

export interface StreamEvent {
  event: string;
  /** Its revision. */
  id: number;
  /** As it was sent: the revision, and which history it is of. */
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

/** A reader of one event stream that keeps all it was told, and comes back by itself as `EventSource` does. */
export class Reader {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  connects = 0;
  disconnects = 0;
  private readonly source: EventSourceClient;

  constructor(url: string, { token, lastEventId }: { token?: string; lastEventId?: string } = {}) {
    this.source = createEventSource({
      url,
      ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      ...(lastEventId === undefined ? {} : { initialLastEventId: lastEventId }),
      onMessage: (message) => this.events.push(eventOf(message)),
      onComment: (comment) => this.comments.push(comment),
      onConnect: () => this.connects++,
      onDisconnect: () => this.disconnects++,
    });
  }

  /** The first `count` events, once they are there. */
  async first(count: number): Promise<StreamEvent[]> {
    await until(
      () => this.events.length >= count,
      `${String(count)} events; so far: ${JSON.stringify(this.events.map(({ event, id }) => [event, id]))}`,
    );
    return this.events.slice(0, count);
  }

  close(): void {
    this.source.close();
  }
}

const eventOf = ({ event, id, data }: EventSourceMessage): StreamEvent => ({
  event: event ?? 'message',
  id: Number(id?.split('.')[0]),
  name: id ?? '',
  data: JSON.parse(data) as unknown,
});
