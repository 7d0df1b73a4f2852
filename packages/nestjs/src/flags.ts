import type { AnyFlags, Context, Details, FlagReader, FlagSet, FlagtreeClient, Json, KeyOf, ValueOf } from '@flagtree/client';
import { Injectable } from '@nestjs/common';
import { currentScope } from './request/scope.js';
import type { Runtime } from './runtime.js';

/**
 * The flags, to be injected. Within a request they are the request's: of its environment, for its context, at one revision; elsewhere the
 * client's. No method throws.
 */
@Injectable()
export class Flags<F extends FlagSet = AnyFlags> implements FlagReader<F> {
  constructor(private readonly runtime: Runtime) {}

  boolean(key: KeyOf<F, boolean>, fallback?: boolean, context?: Context): boolean {
    return this.reader.boolean(key, fallback, context);
  }

  string(key: KeyOf<F, string>, fallback?: string, context?: Context): string {
    return this.reader.string(key, fallback, context);
  }

  number(key: KeyOf<F, number>, fallback?: number, context?: Context): number {
    return this.reader.number(key, fallback, context);
  }

  json<T = Json>(key: keyof F & string, fallback?: T, context?: Context): T {
    return this.reader.json(key, fallback, context);
  }

  get<K extends keyof F & string>(key: K, context?: Context): ValueOf<F[K]> {
    return this.reader.get(key, context);
  }

  variant(key: keyof F & string, context?: Context): string | null {
    return this.reader.variant(key, context);
  }

  details<T>(key: keyof F & string, fallback: T, context?: Context): Details<T> {
    return this.reader.details(key, fallback, context);
  }

  all(context?: Context, only?: { readonly keys?: readonly string[] }): Record<string, Details<Json>> {
    return this.reader.all(context, only);
  }

  /** The slug of the environment; null: nobody has named one, and there is no data yet. */
  get environment(): string | null {
    const { main } = this.runtime.clients;
    return this.scope?.environment ?? main.status().environment ?? this.runtime.nameOf(main);
  }

  /** That of the application's own environment, for its events, statistics and `track`. */
  get client(): FlagtreeClient<F> {
    return this.runtime.clients.main as unknown as FlagtreeClient<F>;
  }

  private get reader(): FlagReader<F> {
    return (this.scope?.reader ?? this.runtime.clients.main) as unknown as FlagReader<F>;
  }

  /** Another application of the process has scopes of its own. */
  private get scope() {
    const scope = currentScope();
    return scope?.owner === this.runtime ? scope : undefined;
  }
}
