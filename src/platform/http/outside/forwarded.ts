import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** What trusted proxies say of a request. */
export interface Forwarded {
  /** Of the caller: the last address that is not a trusted proxy's. Null: the connection has ended. */
  address: string | null;
  /** Scheme and host that the caller used; null where the proxies do not tell both. */
  origin: string | null;
  /** What the proxies took from the beginning of the path: `''` or `/flags`. */
  prefix: string;
}

type IsTrusted = (address: string) => boolean;

/**
 * Headers of proxies count as far as a chain of trusted ones reaches, beginning with the one that connected; what anybody else wrote is
 * ignored. Where any of `X-Forwarded-For`, `-Host` and `-Proto` is there, `Forwarded` (RFC 7239) is not read: most proxies write the former and
 * let pass what a caller sends of the latter.
 */
export function forwardedBy(headers: IncomingHttpHeaders, peer: string | undefined, isTrusted: IsTrusted): Forwarded {
  const direct = peer === undefined ? null : plainAddress(peer);
  if (direct === null || !isTrusted(direct)) return { address: direct, origin: null, prefix: '' };
  const said = saidBy(headers);
  const { address, hops } = callerOf(said.for, direct, isTrusted);
  const host = outermost(said.host, hops);
  const proto = outermost(said.proto, hops)?.toLowerCase();
  const hasOrigin = host !== undefined && HOST.test(host) && (proto === 'http' || proto === 'https');
  return {
    address,
    origin: hasOrigin ? `${proto}://${host}` : null,
    prefix: prefixOf(list(headers['x-forwarded-prefix']), hops),
  };
}

const HOST = /^(?:[a-z\d](?:[a-z\d._-]{0,252})|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;
const PREFIX = /^(?:\/(?!(?:\.|%2e){1,2}(?:\/|$))(?:[\w.~!$&'()*+;=:@-]|%[\da-f]{2})+)+$/i;

interface Said {
  for: string[];
  host: string[];
  proto: string[];
}

function saidBy(headers: IncomingHttpHeaders): Said {
  const [hops, host, proto] = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'].map((name) => list(headers[name]));
  if (hops?.length || host?.length || proto?.length) return { for: hops ?? [], host: host ?? [], proto: proto ?? [] };
  const elements = list(headers.forwarded).map(pairsOf);
  const of = (name: string) => elements.flatMap((pairs) => pairs.get(name) ?? []);
  return { for: elements.map((pairs) => pairs.get('for') ?? 'unknown'), host: of('host'), proto: of('proto') };
}

/** From the right, each address was written by the proxy that the one before it names. One that is no address ends the chain. */
function callerOf(written: readonly string[], peer: string, isTrusted: IsTrusted): { address: string; hops: number } {
  let address = peer;
  let hops = 1;
  for (const text of written.toReversed()) {
    const next = plainAddress(text);
    if (next === null) break;
    address = next;
    if (!isTrusted(next)) break;
    hops++;
  }
  return { address, hops };
}

/** What the outermost trusted proxy wrote, where each of `hops` adds to the list or one alone has written it. */
const outermost = (written: readonly string[], hops: number) => written[Math.max(0, written.length - hops)];

/** Each proxy may take a part of the path: the outermost took the first one. */
function prefixOf(written: readonly string[], hops: number): string {
  const parts = written.slice(-hops).map((part) => part.replace(/\/+$/, ''));
  return parts.every((part) => part === '' || (PREFIX.test(part) && part.length <= 200)) ? parts.join('') : '';
}

/** The members of a list (RFC 9110, 5.6.1). Commas within quotes separate nothing. */
function list(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  const text = typeof header === 'string' ? header : header.join(',');
  return (text.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g) ?? []).map((member) => member.trim()).filter((member) => member !== '');
}

function pairsOf(element: string): Map<string, string> {
  const pairs = element.matchAll(/([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g);
  return new Map(
    [...pairs].map(([, name = '', quoted, token = '']) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token]),
  );
}

/** Without port, brackets, zone and the form of IPv4 within IPv6; null: no address. */
export function plainAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  return isIP(address) === 0 ? null : address;
}
