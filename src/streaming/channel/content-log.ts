interface LoggedChange {
  /** The etag of the content before it. */
  from: string;
  /** The event, as it was sent. */
  event: Buffer;
}

/** The last changes of one environment with their content, for readers who come back and say by its etag which content they have. */
export class ContentLog {
  private changes: LoggedChange[] = [];
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  push(change: LoggedChange): void {
    this.changes.push(change);
    this.bytes += change.event.length;
    while (this.bytes > this.limitBytes) this.bytes -= (this.changes.shift() as LoggedChange).event.length;
  }

  /** Of a change that cannot be told: what came before leads nowhere. */
  clear(): void {
    this.changes = [];
    this.bytes = 0;
  }

  /** What leads from that content to the present one; null: not known. */
  since(etag: string): readonly Buffer[] | null {
    const place = this.changes.findLastIndex(({ from }) => from === etag);
    return place < 0 ? null : this.changes.slice(place).map(({ event }) => event);
  }
}
