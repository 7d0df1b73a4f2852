import { FlagtreeProblem, FlagtreeUnreachable, type Problem } from '@flagtree/api';
import { root } from './api.js';

/** Who is signed in. */
export interface Me {
  name: string;
  role: 'viewer' | 'developer' | 'promoter' | 'admin';
  /** Null: all of them. */
  environments: string[] | null;
  includeDescendants: boolean;
  expiresAt: string | null;
}

const page = document.getElementById('panel');

/** The server has written into the page whether the browser showed it a session: without one there is nobody to ask for. */
const hasSession = () => page?.dataset['session'] !== 'none';

/** Null: nobody. */
export const whoIsThere = (): Promise<Me | null> => (hasSession() ? (ask('GET', 'me') as Promise<Me>) : Promise.resolve(null));

export async function signIn(token: string): Promise<Me> {
  const me = (await ask('POST', 'sessions', { token })) as Me;
  page?.removeAttribute('data-session');
  return me;
}

export const signOut = (): Promise<unknown> => ask('POST', 'logout');

/** These routes are for pages, and no part of the API that programs use. */
async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL(`auth/${path}`, root), {
    method,
    headers: { 'X-Flagtree-Panel': '1', ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new FlagtreeUnreachable('The server does not answer.', 'unreachable', false, null, { cause });
  });
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as Partial<Problem> & Record<string, unknown>);
  if (response.ok) return answer;
  throw new FlagtreeProblem({ status: response.status, document: answer, requestId: response.headers.get('x-request-id') });
}
