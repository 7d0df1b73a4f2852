interface ServerSentEvent<Data> {
  /** Left out: "message", as EventSource has it. */
  event?: string;
  /** Left out: the reader has seen no more than before. */
  id?: string;
  /** JSON, without line breaks. */
  data: Data;
}

export const sseEvent = (event: ServerSentEvent<string>): string => `${start(event)}${event.data}${END}`;

/** In parts, for data that many share and nobody copies. */
export const sseEventAround = (event: ServerSentEvent<Buffer>): [string, Buffer, string] => [start(event), event.data, END];

const start = ({ event, id }: ServerSentEvent<unknown>) =>
  `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: `;
const END = '\n\n';

/** Keeps the connection from looking idle; readers never see it. */
export const HEARTBEAT = Buffer.from(': \n\n');

/** How long readers wait before they come back. */
export const retryAfter = (ms: number): string => `retry: ${String(Math.round(ms))}\n\n`;
