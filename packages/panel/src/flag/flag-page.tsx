import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../app/api.js';
import { ago, wordsOf } from '../app/words.js';
import { OverrideSheet } from '../edit/override-sheet.js';
import { EntryList } from '../history/entry-list.js';
import { Failure, Loading } from '../ui/states.js';
import { Playground } from './playground.js';
import { RulesSection } from './rules-section.js';
import { TurnOff } from './turn-off.js';

/** One flag: what it is in each environment, its rules where one looks, who changed it, and what a context gets. */
export function FlagPage() {
  const { key } = useParams({ from: '/flags/$key' });
  const { env } = useSearch({ from: '/flags/$key' });
  const navigate = useNavigate({ from: '/flags/$key' });
  const [edited, setEdited] = useState<string | null>(null);
  const [isTurningOff, setTurningOff] = useState(false);
  const flag = useQuery({ queryKey: ['flag', key, ''], queryFn: () => api.flags.get(key) });
  const row = useQuery({ queryKey: ['matrix', 'row', key], queryFn: () => api.matrix.get({ keys: key }).page() });
  const error = flag.error ?? row.error;
  if (error)
    return (
      <div className="page">
        <Failure
          error={error}
          retry={() => {
            void flag.refetch();
            void row.refetch();
          }}
        />
      </div>
    );
  if (!flag.data || !row.data)
    return (
      <div className="page">
        <Loading />
      </div>
    );
  const { environments, faces, items } = row.data;
  const cells = items[0]?.cells ?? [];
  const selected = environments.find(({ slug }) => slug === env) ?? environments[0];
  const opened = environments.find(({ slug }) => slug === edited);
  const { name, type, owner, tags, description, archivedAt, updatedAt } = flag.data;
  return (
    <div className="page stack">
      <nav aria-label="Where you are">
        <Link to="/flags">Flags</Link> / <span className="mono">{key}</span>
      </nav>
      <div className="row">
        <h1 className="mono">{key}</h1>
        {archivedAt !== null && <span className="warn">Archived</span>}
        {archivedAt === null && (
          <button
            type="button"
            className="button danger"
            onClick={() => {
              setTurningOff(true);
            }}
          >
            Turn off now…
          </button>
        )}
      </div>
      <p className="muted">
        {[name === key ? '' : name, type, owner ?? '', ...tags].filter(Boolean).join(' · ')} · changed{' '}
        <time dateTime={updatedAt} title={updatedAt}>
          {ago(updatedAt)}
        </time>
      </p>
      {description !== null && <p className="description">{description}</p>}
      <section className="stack" aria-labelledby="values">
        <h2 id="values">Environments</h2>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Environment</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
              <th scope="col">Rules</th>
              <th scope="col">
                <span className="hidden">Edit</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {environments.map((environment, at) => {
              const words = wordsOf(faces[cells[at] ?? -1] ?? null);
              return (
                <tr key={environment.slug}>
                  <th scope="row" style={{ paddingLeft: 8 + environment.depth * 20 }}>
                    {environment.slug} {environment.protected && <span className="warn">Protected</span>}
                  </th>
                  <td>{words.isOwn ? <b>{words.value}</b> : words.value}</td>
                  <td>
                    {words.origin} {words.differs && <span className="warn">≠</span>}
                  </td>
                  <td>{words.rules}</td>
                  <td>
                    <button
                      type="button"
                      className="button"
                      aria-label={`Edit ${environment.slug}`}
                      disabled={archivedAt !== null}
                      onClick={() => {
                        setEdited(environment.slug);
                      }}
                    >
                      {environment.may === 'write' ? 'Edit' : 'Look'}
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {selected && archivedAt === null && (
        <section className="stack" aria-label={`In ${selected.slug}`}>
          <label className="row">
            <h2>In</h2>
            <select value={selected.slug} onChange={(event) => void navigate({ search: { env: event.target.value } })}>
              {environments.map(({ slug }) => (
                <option key={slug}>{slug}</option>
              ))}
            </select>
          </label>
          <RulesSection key={`${key} ${selected.slug}`} flagKey={key} environment={selected} />
          <Playground key={selected.slug} flagKey={key} environment={selected.slug} />
        </section>
      )}
      <section className="stack" aria-labelledby="history">
        <h2 id="history">History</h2>
        <EntryList search={{ flag: key }} />
      </section>
      {opened && (
        <OverrideSheet
          flagKey={key}
          environment={opened}
          onClose={() => {
            setEdited(null);
          }}
        />
      )}
      {isTurningOff && (
        <TurnOff
          flagKey={key}
          environments={environments}
          onClose={() => {
            setTurningOff(false);
          }}
        />
      )}
    </div>
  );
}
