/** One server-sent event. */
export interface StreamEvent {
  event: string;
  data: string;
  /** For `lastEventId`, to go on after it. */
  id: string;
}

/** Reads events as the HTML standard says, however the bytes are cut. */
export class EventParser {
  private rest = '';
  private event = '';
  private lines: string[] = [];
  private id = '';
  private readonly decoder = new TextDecoder();

  push(bytes: Uint8Array): StreamEvent[] {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    // a carriage return at the end may be half of a line's end
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): StreamEvent[] {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.lines.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return [];
  }

  private dispatch(): StreamEvent[] {
    const { event, lines, id } = this;
    this.event = '';
    this.lines = [];
    return lines.length === 0 ? [] : [{ event: event || 'message', data: lines.join('\n'), id }];
  }
}
