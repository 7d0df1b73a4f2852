import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Environment } from '@flagtree/api';
import { api, messageOf } from '../app/api.js';
import { Sheet } from '../ui/sheet.js';
import { Failure, Loading } from '../ui/states.js';
import { useTell } from '../ui/toasts.js';
import { inTreeOrder } from './tree-order.js';

const environmentsQuery = { queryKey: ['environments'], queryFn: () => api.environments.list().toArray() };

/** The tree: who inherits from whom, and what is guarded. */
export function EnvironmentsPage() {
  const query = useQuery(environmentsQuery);
  const [parent, setParent] = useState<string | null | undefined>(undefined);
  if (query.error)
    return (
      <div className="page">
        <Failure error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  if (!query.data)
    return (
      <div className="page">
        <Loading />
      </div>
    );
  return (
    <div className="page stack">
      <div className="row">
        <h1>Environments</h1>
        <button
          type="button"
          className="button"
          onClick={() => {
            setParent(null);
          }}
        >
          New environment
        </button>
      </div>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col">Name</th>
            <th scope="col">Also called</th>
            <th scope="col">Guard</th>
            <th scope="col">
              <span className="hidden">What you can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {inTreeOrder(query.data).map(({ environment, depth }) => (
            <Row
              key={environment.slug}
              environment={environment}
              depth={depth}
              onChild={() => {
                setParent(environment.slug);
              }}
            />
          ))}
        </tbody>
      </table>
      {parent !== undefined && (
        <NewEnvironment
          parent={parent}
          all={query.data}
          onClose={() => {
            setParent(undefined);
          }}
        />
      )}
    </div>
  );
}

function Row({ environment, depth, onChild }: { environment: Environment; depth: number; onChild: () => void }) {
  const { slug, name, aliases, effectiveSettings, isActive } = environment;
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: 8 + depth * 24 }}>
        <Link to="/flags" search={{ env: slug }}>
          {slug}
        </Link>
      </th>
      <td>{name}</td>
      <td>{aliases.join(', ')}</td>
      <td>
        {!isActive && <span className="warn">Inactive </span>}
        {effectiveSettings.protected === true && <span className="warn">Protected</span>}
      </td>
      <td>
        <button type="button" className="button" aria-label={`New below ${slug}`} onClick={onChild}>
          New below
        </button>
      </td>
    </tr>
  );
}

function NewEnvironment({ parent, all, onClose }: { parent: string | null; all: Environment[]; onClose: () => void }) {
  const client = useQueryClient();
  const tell = useTell();
  const create = useMutation({
    mutationFn: (body: { slug: string; name?: string; parent?: string }) => api.environments.create(body),
    onSuccess: ({ slug }) => {
      void client.invalidateQueries();
      tell(`${slug} is created: it has what ${parent ?? 'the defaults'} gives, until it says otherwise.`);
      onClose();
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    create.mutate({
      slug: text('slug'),
      ...(text('name') && { name: text('name') }),
      ...(text('parent') && { parent: text('parent') }),
    });
  };
  return (
    <Sheet title="New environment" isDialog onClose={onClose}>
      <form className="stack" onSubmit={send}>
        <div className="field">
          <label htmlFor="slug">Slug</label>
          <input id="slug" name="slug" required maxLength={63} className="mono" autoFocus />
          <span className="muted">The name in headers and addresses, such as staging. It never changes.</span>
        </div>
        <div className="field">
          <label htmlFor="parent">Inherits from</label>
          <select id="parent" name="parent" defaultValue={parent ?? ''}>
            <option value="">nobody: it is a root</option>
            {all.map(({ slug }) => (
              <option key={slug}>{slug}</option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="environment-name">Name</label>
          <input id="environment-name" name="name" maxLength={255} />
        </div>
        {create.error && (
          <p role="alert" className="error">
            {messageOf(create.error)}
          </p>
        )}
        <div>
          <button type="submit" className="button main">
            {create.isPending ? 'Creating …' : 'Create'}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
