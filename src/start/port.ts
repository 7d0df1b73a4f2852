import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from '../platform/config/config-error.js';
import type { Config } from '../platform/config/config.js';

type Address = Pick<Config, 'port' | 'host'>;

/** Before a database is made or touched for a server that cannot listen. The port is let go again: it can still be taken before `listen`. @throws StartError */
export async function tryPort(config: Address): Promise<void> {
  const server = createServer().listen({ port: config.port, host: config.host });
  await once(server, 'listening').catch(explainPort(config));
  server.close();
  await once(server, 'close');
}

/** What an operator is told of a port that cannot be listened on. */
export function explainPort({ port, host }: Address) {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is in use: stop what listens there, or set PORT to another one`,
    EACCES: `Port ${port} may not be used by this user: set PORT to one above 1023`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set HOST to 127.0.0.1, or to 0.0.0.0 for every network`,
    ENOTFOUND: `${host} is not known: set HOST to 127.0.0.1, or to 0.0.0.0 for every network`,
  };
  return (error: unknown): never => {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : new StartError([reason], { cause: error });
  };
}
