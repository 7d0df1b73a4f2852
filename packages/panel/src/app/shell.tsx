import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SignInPage } from '../sign-in/sign-in-page.js';
import { Failure, Loading } from '../ui/states.js';
import { isSignedOut } from './api.js';
import { signOut as endSession, whoIsThere } from './session.js';
import { followChanges, useLive } from './live.js';
import './shell.css';

export const meQuery = { queryKey: ['me'], queryFn: whoIsThere, retry: false, staleTime: 60_000 };

const PLACES = [
  ['/flags', 'Flags'],
  ['/environments', 'Environments'],
  ['/history', 'History'],
] as const;

/** What is around every page. Who is not signed in sees only how to. */
export function Shell() {
  const me = useQuery(meQuery);
  if (me.data === null || isSignedOut(me.error)) return <SignInPage />;
  if (me.error && !me.data)
    return (
      <main className="page">
        <Failure error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  if (!me.data) return <Loading />;
  return <SignedIn name={me.data.name} role={me.data.role} />;
}

function SignedIn({ name, role }: { name: string; role: string }) {
  const client = useQueryClient();
  useEffect(() => followChanges(client), [client]);
  const signOut = useMutation({
    mutationFn: endSession,
    // nothing of what was seen stays in the page
    onSettled: () => {
      location.reload();
    },
  });
  return (
    <div className="shell">
      <nav className="rail" aria-label="Flagtree">
        <span className="name">Flagtree</span>
        {PLACES.map(([to, label]) => (
          <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
            {label}
          </Link>
        ))}
        <a href="api/docs">API</a>
        <div className="who">
          <span className="muted">
            {name}, {role}
          </span>
          <button
            type="button"
            className="button link"
            onClick={() => {
              signOut.mutate();
            }}
          >
            Sign out
          </button>
        </div>
      </nav>
      <div className="content">
        <Connection />
        <main>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function Connection() {
  const { lostAt } = useLive();
  if (lostAt === null) return null;
  const since = lostAt.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });
  return (
    <div className="banner" role="status">
      Not connected since {since}: you see what was last read, and a change may fail.
    </div>
  );
}
