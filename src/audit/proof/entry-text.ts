import { createHash } from 'node:crypto';

/** The columns of an entry that its hash covers. JSON is as PostgreSQL writes it, times are in UTC with microseconds. */
export interface EntryColumns {
  id: string;
  revision: string;
  at: string;
  actor: string;
  db_user: string;
  action: string;
  table_name: string;
  row_id: string;
  flag_key: string | null;
  environment_slug: string | null;
  before: string | null;
  after: string | null;
  reason: string | null;
  request_id: string | null;
  causation_id: string | null;
  remote: string | null;
  token: string | null;
}

/**
 * SHA-256 (hex) of the hash of the entry before and the text of this one. The database has a function for the same; whoever rewrites the log can
 * rewrite that, too, so it has no part in the proof.
 */
export function entryHash(previous: string, entry: EntryColumns): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(entryText(entry)).digest('hex');
}

/** What `flagtree.audit_entry_text()` gives: a JSON array, as PostgreSQL writes it. Address and token are in it where there is one of them. */
export function entryText(entry: EntryColumns): string {
  const { at, actor, db_user, action, table_name, row_id, flag_key, environment_slug } = entry;
  const { reason, request_id, causation_id, remote, token } = entry;
  const parts = [
    entry.id,
    entry.revision,
    ...[at, actor, db_user, action, table_name, row_id, flag_key, environment_slug].map(text),
    entry.before ?? 'null',
    entry.after ?? 'null',
    ...[reason, request_id, causation_id].map(text),
    ...(remote === null && token === null ? [] : [remote, token].map(text)),
  ];
  return `[${parts.join(', ')}]`;
}

const text = (value: string | null) => JSON.stringify(value);
