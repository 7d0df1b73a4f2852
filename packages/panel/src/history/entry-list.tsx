import { useInfiniteQuery } from '@tanstack/react-query';
import type { AuditEntry } from '@flagtree/api';
import { api } from '../app/api.js';
import type { HistorySearch } from './history-search.js';
import { ago } from '../app/words.js';
import { Failure, Loading } from '../ui/states.js';
import { changesOf, sentenceOf } from './entries.js';

const PAGE = 50;

/** Who changed what, newest first. */
export function EntryList({ search }: { search: HistorySearch }) {
  const query = useInfiniteQuery({
    queryKey: ['history', search],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor }) =>
      api.audit.list({ ...(search as { action?: AuditEntry['action'] }), limit: PAGE, ...(cursor !== '' && { cursor }) }).page(),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const entries = query.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) return <p className="muted">Nothing has happened that fits.</p>;
  return (
    <div className="stack">
      <ol className="stack" aria-label="Changes, newest first">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage && (
        <div>
          <button type="button" className="button" onClick={() => void query.fetchNextPage()}>
            Show older ones
          </button>
        </div>
      )}
    </div>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const changes = entry.before !== null && entry.after !== null ? changesOf(entry) : [];
  return (
    <li>
      <div>
        <b>
          <bdi>{sentenceOf(entry)}</bdi>
        </b>{' '}
        <time className="muted" dateTime={entry.timestamp} title={entry.timestamp}>
          {ago(entry.timestamp)}
        </time>{' '}
        <span className="muted">revision {entry.revision}</span>
      </div>
      {entry.reason !== null && (
        <div>
          <bdi>“{entry.reason}”</bdi>
        </div>
      )}
      {changes.length > 0 && (
        <div className="muted">
          {changes.map(({ field, before, after }) => (
            <div key={field}>
              {field}: <bdi>{before}</bdi> → <bdi>{after}</bdi>
            </div>
          ))}
        </div>
      )}
    </li>
  );
}
