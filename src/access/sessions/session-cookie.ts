import type { IncomingMessage } from 'node:http';
import { publicUrlOf } from '../../platform/http/outside/public-url.js';

interface Asking {
  raw: IncomingMessage;
}

/** Browsers take the first name only over https, for this very host and for no other path; the second is for where there is no https. */
const SECURE_NAME = '__Host-flagtree_session';
const PLAIN_NAME = 'flagtree_session';

/** A secret of 256 bits. */
const SECRET = /^[\w-]{43}$/;

/** The secret of the session whose cookie the request carries; null: none, or one that cannot be ours. */
export function sessionSecretOf({ raw }: Asking): string | null {
  const { cookie } = raw.headers;
  if (cookie === undefined) return null;
  const found = new Map<string, string>();
  for (const pair of cookie.split(';')) {
    const at = pair.indexOf('=');
    // Of two cookies of one name the first is that of the more exact path.
    if (at > 0 && !found.has(pair.slice(0, at).trim())) found.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  const secret = found.get(SECURE_NAME) ?? (isEncrypted({ raw }) ? undefined : found.get(PLAIN_NAME));
  return secret !== undefined && SECRET.test(secret) ? secret : null;
}

/** `Set-Cookie` of a session that has begun. It ends with the browser, or when the server says so: no script can read it. */
export function beginningOf(request: Asking, secret: string): string {
  return cookie(request, secret, '');
}

/** `Set-Cookie` that takes it away. */
export function endOf(request: Asking): string {
  return cookie(request, '', '; Max-Age=0');
}

function cookie(request: Asking, value: string, more: string): string {
  const [name, secure] = isEncrypted(request) ? [SECURE_NAME, '; Secure'] : [PLAIN_NAME, ''];
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${more}`;
}

/** Whether the caller is known to have come over https. */
export function isEncrypted(request: Asking): boolean {
  return publicUrlOf(request).origin?.startsWith('https://') ?? false;
}
