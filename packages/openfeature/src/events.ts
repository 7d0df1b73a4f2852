import type { AnyFlags, FlagtreeClient, State } from '@flagtree/client';
import { type OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/server-sdk';

type Told = 'ready' | 'stale' | 'error';

/**
 * Tells what happens to `client` in OpenFeature's events; `told` is what the SDK is about to take for the state. A server that refuses the token
 * is an ERROR, once, with its words; the flags that are known go on. The answer ends it.
 */
export function forwardEvents(client: FlagtreeClient<AnyFlags>, events: OpenFeatureEventEmitter, told: Told): () => void {
  let known = told;
  let refused = false;
  let isSettled = false;
  const tell = (next: Told, message?: string): void => {
    if (known === next || !isSettled) return;
    known = next;
    events.emit(EVENTS[next], message === undefined ? {} : { message });
  };
  const follow = (state: State, cause?: string): void => {
    if (state === 'ready') {
      refused = false;
      tell('ready');
    } else if (state === 'stale' && !refused) tell('stale', cause);
  };
  const leave = [
    client.on('change', ({ keys }) => {
      events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...keys] });
    }),
    client.on('problem', ({ server, message }) => {
      if (server?.status !== 401 && server?.status !== 403) return;
      refused = true;
      tell('error', message);
    }),
    client.on('state', ({ to, cause }) => {
      follow(to, cause);
    }),
  ];
  // the SDK takes the outcome of initialize() for the state, whatever was told before
  const settling = setImmediate(() => {
    isSettled = true;
    const { state, lastError } = client.status();
    if (refused) tell('error', lastError ?? undefined);
    else follow(state, lastError ?? undefined);
  });
  return () => {
    clearImmediate(settling);
    for (const end of leave) end();
  };
}

const EVENTS = { ready: ProviderEvents.Ready, stale: ProviderEvents.Stale, error: ProviderEvents.Error } as const;
