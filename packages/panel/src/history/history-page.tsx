import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { EntryList } from './entry-list.js';

const ACTIONS = ['enable', 'disable', 'archive', 'promote', 'revert', 'import', 'restore', 'created', 'updated', 'deleted'];

/** The audit log, narrowed by what the address says. */
export function HistoryPage() {
  const search = useSearch({ from: '/history' });
  const navigate = useNavigate({ from: '/history' });
  const filter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    void navigate({ search: Object.fromEntries(given) as Record<string, string> });
  };
  return (
    <div className="page stack">
      <h1>History</h1>
      <form className="row" onSubmit={filter} key={JSON.stringify(search)}>
        <Filter name="flag" label="Flag" value={search.flag} />
        <Filter name="environment" label="Environment" value={search.environment} />
        <Filter name="actor" label="Who" value={search.actor} />
        <label>
          What{' '}
          <select name="action" defaultValue={search.action ?? ''}>
            <option value="">anything</option>
            {ACTIONS.map((action) => (
              <option key={action}>{action}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          Show
        </button>
      </form>
      <EntryList search={search} />
    </div>
  );
}

const Filter = ({ name, label, value }: { name: string; label: string; value: string | undefined }) => (
  <label>
    {label} <input name={name} defaultValue={value ?? ''} />
  </label>
);
