import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { MatrixEnvironment } from '@flagtree/api';
import { messageOf } from '../app/api.js';
import { useLive } from '../app/live.js';
import type { Draft } from '../edit/draft.js';
import { OverrideSheet } from '../edit/override-sheet.js';
import { flagQuery, foresee, useSave } from '../edit/use-override.js';
import { NewFlag } from '../flag/new-flag.js';
import { Failure, Loading } from '../ui/states.js';
import { useTell } from '../ui/toasts.js';
import { Grid } from './grid.js';
import { type LoadedMatrix, type LoadedRow, type MatrixSearch, useMatrix } from './use-matrix.js';

interface Opened {
  flagKey: string;
  environment: MatrixEnvironment;
  begun?: Draft;
}

/** All flags in all environments: what is on where, and who says so. */
export function MatrixPage() {
  const search = useSearch({ from: '/flags' });
  const { matrix, error, refetch } = useMatrix(search);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [isCreating, setCreating] = useState(false);
  const toggle = useToggle(matrix, setOpened);
  if (error && !matrix)
    return (
      <div className="page">
        <Failure error={error} retry={() => void refetch()} />
      </div>
    );
  if (!matrix)
    return (
      <div className="page">
        <Loading />
      </div>
    );
  const isEmpty = matrix.total === 0 && !search.q && !search.is && !search.tag && !search.owner;
  return (
    <div className="matrix-page">
      <Bar
        search={search}
        matrix={matrix}
        onCreate={() => {
          setCreating(true);
        }}
      />
      {isEmpty ? (
        <FirstFlag
          onCreate={() => {
            setCreating(true);
          }}
        />
      ) : (
        <Grid
          matrix={matrix}
          onOpen={(row, environment) => {
            setOpened({ flagKey: row.key, environment });
          }}
          onToggle={(row, environment) => void toggle(row, environment)}
        />
      )}
      <Foot matrix={matrix} />
      {opened && (
        <OverrideSheet
          key={`${opened.flagKey} ${opened.environment.slug}`}
          {...opened}
          onClose={() => {
            setOpened(null);
          }}
        />
      )}
      {isCreating && (
        <NewFlag
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </div>
  );
}

/** One key press acts at once only where nothing guarded is touched; else the review opens with the switch already turned. */
function useToggle(matrix: LoadedMatrix | null, open: (opened: Opened) => void) {
  const client = useQueryClient();
  const tell = useTell();
  const [place, setPlace] = useState({ key: '', environment: '' });
  const save = useSave(place.key, place.environment);
  const pending = useRef<(() => void) | null>(null);
  useEffect(() => {
    pending.current?.();
    pending.current = null;
  });
  return async (row: LoadedRow, environment: MatrixEnvironment) => {
    const { slug } = environment;
    const face = row.faces[matrix?.environments.indexOf(environment) ?? -1];
    if (environment.may === 'read') {
      tell(`You may look at ${slug}, not change it.`);
      return;
    }
    if (!face) return;
    const draft: Draft = { enabled: !face.on };
    try {
      const [before, foreseen] = await Promise.all([client.fetchQuery(flagQuery(row.key, slug)), foresee(row.key, slug, draft)]);
      const guarded = new Set(matrix?.environments.filter((one) => one.protected || one.requireApproval).map((one) => one.slug));
      const isOpen =
        foreseen.effect.every((change) => !guarded.has(change.environment)) && foreseen.effectCount <= foreseen.effect.length;
      if (!isOpen || before.enabled !== face.on) {
        open({ flagKey: row.key, environment, begun: draft });
        return;
      }
      pending.current = () => {
        save.mutate(
          { draft, before, reason: '' },
          {
            onError: (error) => {
              tell(messageOf(error));
            },
          },
        );
      };
      setPlace({ key: row.key, environment: slug });
    } catch (error) {
      tell(messageOf(error));
    }
  };
}

const KINDS = [
  ['differs', 'Differs'],
  ['set', 'Set somewhere'],
  ['same', 'Set to the same'],
  ['broken', 'Broken'],
] as const;

function Bar({ search, matrix, onCreate }: { search: MatrixSearch; matrix: LoadedMatrix; onCreate: () => void }) {
  const navigate = useNavigate({ from: '/flags' });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = (event.target as Element).closest('input, textarea, select, dialog');
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => {
      removeEventListener('keydown', focus);
    };
  }, []);
  const change = (next: Partial<MatrixSearch>, replace: boolean) =>
    void navigate({ search: (before) => withoutEmpty({ ...before, ...next }), replace });
  return (
    <div className="matrix-bar row">
      <h1>Flags</h1>
      <label className="hidden" htmlFor="search">
        Filter by key, name or description
      </label>
      <input
        id="search"
        ref={field}
        type="search"
        placeholder="Filter (press /)"
        defaultValue={search.q ?? ''}
        onChange={(event) => {
          change({ q: event.target.value }, true);
        }}
      />
      {KINDS.map(([is, label]) => (
        <button
          key={is}
          type="button"
          className="chip"
          aria-pressed={search.is === is}
          onClick={() => {
            change({ is: search.is === is ? undefined : is }, false);
          }}
        >
          {label} {matrix.counts[is]}
        </button>
      ))}
      <button type="button" className="button" onClick={onCreate}>
        New flag
      </button>
    </div>
  );
}

function Foot({ matrix: { rows, total, revision } }: { matrix: LoadedMatrix }) {
  const { isConnected } = useLive();
  return (
    <div className="matrix-foot">
      {rows.length < total ? `${rows.length} of ${total} flags` : total === 1 ? '1 flag' : `${total} flags`} · revision {revision}{' '}
      · {isConnected ? 'live' : 'not live'}
    </div>
  );
}

const FirstFlag = ({ onCreate }: { onCreate: () => void }) => (
  <div className="page stack">
    <h2>There is no flag yet</h2>
    <p>
      A flag is a value that your service asks for by its key. Here you say what it is in each environment; each inherits from the
      one above it until it says otherwise.
    </p>
    <div>
      <button type="button" className="button main" onClick={onCreate}>
        Create the first flag
      </button>
    </div>
  </div>
);

const withoutEmpty = (search: Partial<MatrixSearch>): MatrixSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));
