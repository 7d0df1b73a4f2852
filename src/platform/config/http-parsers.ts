import { isIP } from 'node:net';
import proxyaddr from '@fastify/proxy-addr';
import { BadValue, quote } from './parsers.js';

/** Whose web pages may read answers. */
export interface CorsOrigins {
  named: ReadonlySet<string>;
  /** `*`: any page, where the token is a public one. */
  any: boolean;
}

const ORIGIN = /^https?:\/\/[^*/]+$/;

/** An empty list means none. */
export function corsOrigins(text: string): CorsOrigins | null {
  const words = wordsOf(text);
  for (const word of words) {
    if (word === '*' || (URL.canParse(word) && ORIGIN.test(word) && new URL(word).origin === word)) continue;
    throw new BadValue(
      `must be * or a list of origins like https://shop.example (scheme, host, a port that is not the usual one; no path), not ${quote(word)}`,
    );
  }
  const named = new Set(words.filter((word) => word !== '*'));
  return words.length === 0 ? null : { named, any: words.includes('*') };
}

/** What stands before every URL, without a `/` at its end. */
export function publicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '' && !/[?#]/.test(text);
  if (isPlain && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new BadValue(`must be a URL like https://example.org/flags, without query or user, not ${quote(text)}`);
}

export function trustedProxies(text: string): readonly string[] {
  const words = wordsOf(text);
  for (const word of words) {
    if (!isTrustable(word)) {
      throw new BadValue(`must be a list of IP addresses, CIDRs like 10.0.0.0/8, or loopback, not ${quote(word)}`);
    }
  }
  return words;
}

const RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses in full alone: the library takes `10.0.0` for 10.0.0.0. */
function isTrustable(word: string): boolean {
  if (!RANGES.includes(word) && isIP(word.split('/')[0] ?? '') === 0) return false;
  try {
    proxyaddr.compile(word);
    return true;
  } catch {
    return false;
  }
}

const wordsOf = (text: string) => text.split(',').map((word) => word.trim()).filter((word) => word !== ''); // prettier-ignore
