import type { IncomingMessage } from 'node:http';
import type { PublicUrl } from './face.js';

const BARE: PublicUrl = { origin: null, prefix: '', isSet: false };

/** What stands before a path of this server where its caller is: as the setting says, else as trusted proxies do. */
export function publicUrlOf({ raw }: { raw: IncomingMessage }): PublicUrl {
  const { face } = raw;
  if (face === undefined) return BARE;
  return face.publicUrl ?? (face.trustsProxies ? { ...face.forwarded(raw), isSet: false } : BARE);
}

/** The URL of a path of this server for the caller: a whole one where its origin is known, else a reference that is absolute from the root. */
export function urlFor(request: { raw: IncomingMessage }, path: string): string {
  const { origin, prefix } = publicUrlOf(request);
  return `${origin ?? ''}${prefix}${path}`;
}
