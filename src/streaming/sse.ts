interface ServerSentEvent {
  /** Left out: "message", as EventSource has it. */
  event?: string;
  id: number;
  /** JSON, without line breaks. */
  data: string;
}

export const sseEvent = ({ event, id, data }: ServerSentEvent): string =>
  `${event === undefined ? '' : `event: ${event}\n`}id: ${String(id)}\ndata: ${data}\n\n`;

/** Keeps the connection from looking idle; readers never see it. */
export const HEARTBEAT = Buffer.from(': \n\n');

/** How long readers wait before they come back. */
export const retryAfter = (ms: number): string => `retry: ${String(Math.round(ms))}\n\n`;
