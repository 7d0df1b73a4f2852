import type { ServerResponse } from 'node:http';
import type { Caller } from '../access/caller.js';
import { HEARTBEAT } from './sse.js';

const FAREWELL_MS = 1_000;

/** `native`: snapshot and change events. `ofrep`: refetchEvaluation messages, without values. */
export type StreamFormat = 'native' | 'ofrep';

interface Options {
  caller: Caller;
  format: StreamFormat;
  /** How far the reader may fall behind. */
  bufferBytes: number;
  headers: Record<string, number | string | string[] | undefined>;
  /** Called when the reader did not keep up and was disconnected. */
  slow: () => void;
  /** Called once, whoever ended it. */
  closed: () => void;
}

/** One open event stream: text is written as it is, and a reader that does not keep up is disconnected. */
export class EventStream {
  readonly publicId: string;
  readonly tokenId: string;
  readonly format: StreamFormat;
  private readonly bufferBytes: number;
  /** More than `bufferBytes` while something larger than that is on its way. */
  private allowance: number;
  private lastWrite = Date.now();
  private ended = false;
  private readonly slow: () => void;

  constructor(
    private readonly raw: ServerResponse,
    { caller, format, bufferBytes, headers, slow, closed }: Options,
  ) {
    this.slow = slow;
    this.publicId = caller.token.publicId;
    this.tokenId = caller.tokenId;
    this.format = format;
    this.bufferBytes = bufferBytes;
    this.allowance = bufferBytes;
    raw.once('close', closed);
    raw.on('error', () => undefined); // the reader has gone: 'close' follows
    raw.on('drain', () => (this.allowance = this.bufferBytes));
    raw.shouldKeepAlive = false; // the connection ends with the stream, so that nothing waits for it
    raw.socket?.setNoDelay(true);
    raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
  }

  /** What a new reader gets first may be larger than the buffer. */
  begin(text: string): void {
    this.allowance = this.bufferBytes + Buffer.byteLength(text);
    this.send(text);
  }

  send(text: string | Buffer): void {
    if (this.ended) return;
    this.raw.write(text);
    this.lastWrite = Date.now();
    if (this.raw.writableLength <= this.allowance) return;
    this.ended = true;
    this.raw.destroy();
    this.slow();
  }

  keepAlive(now: number, heartbeatMs: number): void {
    if (now - this.lastWrite >= heartbeatMs) this.send(HEARTBEAT);
  }

  /** False: it had been ended before. A reader that does not take the farewell is not waited for. */
  end(farewell: string): boolean {
    if (this.ended) return false;
    this.ended = true;
    this.raw.end(farewell);
    setTimeout(() => this.raw.destroy(), FAREWELL_MS).unref();
    return true;
  }
}
