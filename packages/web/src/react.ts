import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useSyncExternalStore,
} from 'react';
import type { Json, Status, WebClient } from './types.js';

const Client = createContext<WebClient | null>(null);

/** Gives the flags of a client to all below. Making and closing the client is yours: React may mount twice. */
export function FlagtreeProvider({ client, children }: { client: WebClient; children?: ReactNode }): ReactElement {
  return createElement(Client.Provider, { value: client }, children);
}

/** @throws {Error} outside of a FlagtreeProvider */
export function useFlagtree(): WebClient {
  const client = useContext(Client);
  if (client) return client;
  throw new Error('There is no <FlagtreeProvider> around this component.');
}

/** Of the fallback's type. The component is drawn again when this value changes, and only then. */
export function useFlag(key: string, fallback: boolean): boolean;
export function useFlag(key: string, fallback: string): string;
export function useFlag(key: string, fallback: number): number;
export function useFlag<Value extends Json>(key: string, fallback: Value): Value;
export function useFlag<Value extends Json>(key: string, fallback: Value): Value {
  const client = useFlagtree();
  return useSyncExternalStore(
    useCallback((changed) => client.on('change', changed), [client]),
    () => client.details(key, fallback).value,
    () => client.initial(key, fallback).value,
  );
}

/** `loading` on a server, and in a page until the flags' server has answered. */
export function useFlagState(): Status['state'] {
  const client = useFlagtree();
  return useSyncExternalStore(
    useCallback((changed) => client.on('state', changed), [client]),
    () => client.status().state,
    () => 'loading' as const,
  );
}
