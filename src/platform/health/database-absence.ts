/**
 * Why this server is not connected to its database, as the words after "the database"; null: it is, or has been since its start. Written by the
 * start, which connects; told by whoever finds that there is no connection, since that alone does not say whether the database answers.
 */
export class DatabaseAbsence {
  why: string | null = null;
  /** Reads that were answered from memory, because the database could not be asked; and since when it could not, at the last of them. */
  reads = 0;
  since: Date | null = null;

  /** A read is answered with what was known before. */
  readWithout(since: Date): void {
    this.reads++;
    this.since = since;
  }
}
