import { type AnyFlags, ConfigurationError, type FlagtreeClient } from '@flagtree/client';
import type { RequestEnvironmentOptions } from './options.js';

const MOST_ENVIRONMENTS = 10;

/** One client for each environment that requests have named, made when the first one does. */
export class EnvironmentClients {
  private readonly clients = new Map<string, FlagtreeClient<AnyFlags>>();
  readonly main: FlagtreeClient<AnyFlags>;

  /** @throws {ConfigurationError} */
  constructor(
    private readonly make: (environment: string | undefined) => FlagtreeClient<AnyFlags>,
    private readonly mainName: string | undefined,
    environments: RequestEnvironmentOptions | undefined,
  ) {
    const count = environments ? new Set([environments.default, ...environments.allowed]).size : 1;
    if (count > MOST_ENVIRONMENTS)
      throw new ConfigurationError([
        `environments: there are ${String(count)} with the default, and ${String(MOST_ENVIRONMENTS)} are the most: each has a client and a stream of its own`,
      ]);
    this.main = make(mainName);
  }

  /** `isNew`: nobody has waited for it so far. */
  of(environment: string | undefined): { client: FlagtreeClient<AnyFlags>; isNew: boolean } {
    if (environment === undefined || environment === this.mainName) return { client: this.main, isNew: false };
    const known = this.clients.get(environment);
    if (known) return { client: known, isNew: known.status().state === 'loading' };
    const client = this.make(environment);
    this.clients.set(environment, client);
    return { client, isNew: true };
  }

  nameOf(client: FlagtreeClient<AnyFlags>): string | undefined {
    return client === this.main ? this.mainName : [...this.clients].find(([, one]) => one === client)?.[0];
  }

  async close(): Promise<void> {
    await Promise.all([this.main, ...this.clients.values()].map((client) => client.close()));
  }
}
