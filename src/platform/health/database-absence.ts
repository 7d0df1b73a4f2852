/**
 * Why this server is not connected to its database, as the words after "the database"; null: it is, or has been since its start. Written by the
 * start, which connects; told by whoever finds that there is no connection, since that alone does not say whether the database answers.
 */
export class DatabaseAbsence {
  why: string | null = null;
}
