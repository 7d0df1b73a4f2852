/** What has to be known of an operation to ask for it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the names of its arguments, such as `/api/admin/feature-flags/{key}`. */
  readonly path: string;
  /** A body is the argument behind those of the path. */
  readonly body?: true;
  /** Answers in pages, or without an end. */
  readonly kind?: 'list' | 'stream';
  /** Takes an Idempotency-Key. */
  readonly keyed?: true;
  /** Asked twice it does no more than asked once, so an answer that was lost is asked for again. */
  readonly repeatable?: true;
  /** Answers text, and not JSON. */
  readonly text?: true;
  /** May take minutes. */
  readonly slow?: true;
}
