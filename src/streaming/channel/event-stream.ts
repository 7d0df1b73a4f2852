import type { ServerResponse } from 'node:http';
import type { Caller } from '../../access/identity/caller.js';
import { HEARTBEAT } from './sse.js';

const FAREWELL_MS = 1_000;
/** How long a reader may take for what is larger than its buffer. */
const LARGE_MS = 60_000;

/**
 * `native`: snapshot and change events. `content`: change events that carry what changed, and never a snapshot. `ofrep`: refetchEvaluation
 * messages, without values.
 */
export type StreamFormat = 'native' | 'content' | 'ofrep';

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
  /** Of a page's: it hears of the flags that bear one of them. */
  readonly tags: readonly string[] | null;
  private readonly bufferBytes: number;
  /** More than `bufferBytes` while something larger than that is on its way, until `largeUntil` at the latest. */
  private allowance: number;
  private largeUntil = 0;
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
    this.tags = caller.token.flagTags;
    this.bufferBytes = bufferBytes;
    this.allowance = bufferBytes;
    raw.once('close', closed);
    raw.on('error', () => undefined); // the reader has gone: 'close' follows
    raw.shouldKeepAlive = false; // the connection ends with the stream, so that nothing waits for it
    raw.socket?.setNoDelay(true);
    raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
  }

  /** What a new reader gets first, in parts. */
  begin(parts: readonly (string | Buffer)[]): void {
    this.allow(parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
    this.raw.cork();
    for (const part of parts) this.write(part);
    this.raw.uncork();
  }

  send(event: Buffer): void {
    if (event.length > this.bufferBytes) this.allow(event.length);
    this.write(event);
  }

  keepAlive(now: number, heartbeatMs: number): void {
    if (this.raw.writableLength <= this.bufferBytes || now > this.largeUntil) this.allowance = this.bufferBytes;
    if (now - this.lastWrite >= heartbeatMs) this.write(HEARTBEAT);
    else this.endIfBehind();
  }

  /** What is larger than the buffer is the same bytes for all, which nobody holds for this reader; but it may not leave them lying. */
  private allow(bytes: number): void {
    this.allowance = this.bufferBytes + bytes;
    this.largeUntil = Date.now() + LARGE_MS;
  }

  private write(text: string | Buffer): void {
    if (this.ended) return;
    this.raw.write(text);
    this.lastWrite = Date.now();
    this.endIfBehind();
  }

  private endIfBehind(): void {
    if (this.ended || this.raw.writableLength <= this.allowance) return;
    this.ended = true;
    this.raw.destroy();
    this.slow();
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
