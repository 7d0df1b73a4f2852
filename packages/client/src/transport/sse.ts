import { StringDecoder } from 'node:string_decoder';

export interface ServerEvent {
  /** `message` where the server gives it no name. */
  readonly event: string;
  readonly data: string;
  /** That of the last event that had one. */
  readonly id: string;
}

/** More in one event than may be: the stream cannot be used. */
export class EventTooLarge extends Error {}

/**
 * Server-sent events out of bytes that arrive in pieces of any size, as the standard has them (HTML, 9.2.6). `retry` is the pause that the
 * server wishes, in milliseconds.
 */
export class EventParser {
  retry: number | null = null;
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private begun = false;
  private endedWithCr = false;
  private name = '';
  private data: string[] = [];
  private size = 0;
  private id = '';

  constructor(
    private readonly tell: (event: ServerEvent) => void,
    private readonly maxLength: number,
  ) {}

  /** @throws {EventTooLarge} */
  push(bytes: Buffer): void {
    let text = this.decoder.write(bytes);
    if (text === '') return;
    if (!this.begun) {
      this.begun = true;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (this.endedWithCr && text.startsWith('\n')) text = text.slice(1);
    this.endedWithCr = text.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.rest + (lines[0] as string);
    this.rest = lines.pop() as string;
    this.bound(this.rest.length);
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.size += value.length;
      this.bound(0);
      this.data.push(value);
    } else if (field === 'event') this.name = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.retry = Number(value);
  }

  private dispatch(): void {
    const { name, data, id } = this;
    this.name = '';
    this.data = [];
    this.size = 0;
    if (data.length > 0) this.tell({ event: name === '' ? 'message' : name, data: data.join('\n'), id });
  }

  private bound(more: number): void {
    if (this.size + more > this.maxLength) throw new EventTooLarge(`an event has more than ${this.maxLength} characters`);
  }
}
