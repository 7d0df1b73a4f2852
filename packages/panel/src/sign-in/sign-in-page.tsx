import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { messageOf } from '../app/api.js';
import { signIn as begin } from '../app/session.js';
import './sign-in.css';

/** A token is shown once; from then on the browser has a cookie that no script can read. */
export function SignInPage() {
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: begin,
    onSuccess: (me) => {
      client.setQueryData(['me'], me);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    signIn.mutate(String(new FormData(form).get('token')).trim());
    form.reset();
  };
  const isOpenToListeners = location.protocol === 'http:' && !/^(?:localhost|127\.|\[::1\])/.test(location.hostname);
  return (
    <main className="sign-in">
      <form className="card stack" onSubmit={send}>
        <h1>Sign in to Flagtree</h1>
        {isOpenToListeners && <p className="warn">This connection is not encrypted: whoever listens can read your token.</p>}
        <div className="field">
          <label htmlFor="token">Admin token</label>
          <input
            id="token"
            name="token"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            aria-describedby="where"
          />
          <span id="where" className="muted">
            It begins with ft_admin_. The server that you have started prints the file that holds it; others have theirs from an
            admin.
          </span>
        </div>
        {signIn.error && (
          <p role="alert" className="error">
            {messageOf(signIn.error)}
          </p>
        )}
        <div>
          <button type="submit" className="button main">
            {signIn.isPending ? 'Signing in …' : 'Sign in'}
          </button>
        </div>
      </form>
    </main>
  );
}
