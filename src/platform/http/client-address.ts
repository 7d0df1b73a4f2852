import type { IncomingMessage } from 'node:http';
import { plainAddress } from './outside/forwarded.js';

/**
 * Where a request comes from: the last address that is no trusted proxy's (`FLAGTREE_TRUSTED_PROXIES`), never anything but an IP address.
 * Null: its connection has ended.
 */
export function clientAddressOf({ raw }: { raw: IncomingMessage }): string | null {
  const { face, socket } = raw;
  if (face?.trustsProxies) return face.forwarded(raw).address;
  return socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress);
}
