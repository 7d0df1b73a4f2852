import { createClientIn } from '../client/client.js';
import type { ClientEvents, FlagtreeClient } from '../types/client.js';
import type { AnyFlags, FlagSet } from '../types/flags.js';
import type { ClientOptions } from '../types/options.js';
import { FakeClock } from './fake-clock.js';
import { FakeServer } from './fake-server.js';

export interface Scene<F extends FlagSet> {
  readonly client: FlagtreeClient<F>;
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly heard: { [E in keyof ClientEvents]: ClientEvents[E][] };
  readonly log: string[];
}

interface Around<F extends FlagSet> {
  readonly options?: ClientOptions<F>;
  readonly server?: FakeServer;
  readonly clock?: FakeClock;
  readonly variables?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** A client that polls a fake server in fake time, and what it says. */
export function aClient<F extends FlagSet = AnyFlags>(around: Around<F> = {}): Scene<F> {
  const { options = {}, server = new FakeServer(), clock = new FakeClock(), variables = {}, directory = '/nowhere' } = around;
  const log: string[] = [];
  const keep = (line: string): void => {
    log.push(line);
  };
  const client = createClientIn<F>(
    { variables: { NODE_ENV: 'test', ...variables }, directory, clock, connect: () => server },
    { url: 'https://flags.test', token: 'ft_client_1_secret', mode: 'poll', logger: { warn: keep, error: keep }, ...options },
  );
  const heard: Scene<F>['heard'] = { change: [], state: [], exposure: [], problem: [] };
  client.on('change', (event) => heard.change.push(event));
  client.on('state', (event) => heard.state.push(event));
  client.on('problem', (event) => heard.problem.push(event));
  return { client, clock, server, heard, log };
}
