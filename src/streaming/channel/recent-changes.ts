/** What changed in one environment with one revision. */
export interface StreamedChange {
  environment: string;
  revision: number;
  /** The id of its event: the name of the revision. */
  id: string;
  etag: string;
  /** The etag before. */
  from: string;
  /** Sorted. */
  keys: string[];
}

/**
 * The last changes of one environment, for readers who come back. It covers everything after `floor`: what came before, or belongs to a
 * history that the database no longer has, is not known.
 */
export class RecentChanges {
  private readonly changes: StreamedChange[] = [];

  constructor(
    private floor: number,
    private readonly limit = 256,
  ) {}

  push(change: StreamedChange): void {
    this.changes.push(change);
    if (this.changes.length <= this.limit) return;
    this.floor = (this.changes.shift() as StreamedChange).revision;
  }

  /** What a reader has missed who has seen everything up to `revision`; null when that is not known here. `head` is the newest revision. */
  after(revision: number, head: number): readonly StreamedChange[] | null {
    if (revision < this.floor || revision > head) return null;
    return this.changes.filter((change) => change.revision > revision);
  }
}
