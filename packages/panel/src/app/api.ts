import { createApi, FlagtreeProblem, FlagtreeUnreachable } from '@flagtree/api';

/** The server that this page came from, below whatever path a proxy gave it. The browser sends the session's cookie by itself. */
export const root = new URL('.', document.baseURI);

export const api = createApi({ url: root.href, token: null, headers: { 'X-Flagtree-Panel': '1' }, env: {} });

/** Whether the session has ended, or there is none. */
export const isSignedOut = (error: unknown): boolean => error instanceof FlagtreeProblem && error.status === 401;

export const isUnreachable = (error: unknown): boolean => error instanceof FlagtreeUnreachable;

/** For people: what the server said, and what it knows the request by. */
export function messageOf(error: unknown): string {
  if (error instanceof FlagtreeProblem) {
    const details = error.errors.map(({ pointer, detail }) => `${pointer === '' ? '' : `${pointer}: `}${detail}`);
    return [error.message, ...details, error.requestId === null ? '' : `(request ${error.requestId})`].filter(Boolean).join(' ');
  }
  if (error instanceof FlagtreeUnreachable) return 'The server does not answer. Nothing is known to have been changed.';
  return error instanceof Error ? error.message : String(error);
}
