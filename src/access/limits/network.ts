import { isIPv6 } from 'node:net';
import { clientAddressOf } from '../../platform/http/client-address.js';
import type { LeanRequest } from '../../platform/http/request.js';

/** By what callers are counted: their address; of IPv6 a whole /64, since one host may have all of it. */
export function networkOf(request: Pick<LeanRequest, 'raw'>): string {
  return firstHalf(clientAddressOf(request) ?? '');
}

/** The first four groups of an IPv6 address, whatever way it is written. */
function firstHalf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  const all = [...groups, ...zeros, ...rest];
  return all.slice(0, 4).map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':'); // prettier-ignore
}
