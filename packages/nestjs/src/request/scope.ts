import { AsyncLocalStorage } from 'node:async_hooks';
import type { AnyFlags, Context, FlagReader, FlagtreeClient } from '@flagtree/client';
import type { ExecutionContext } from '@nestjs/common';
import type { ContextSource } from '../options.js';

/** The application that a scope belongs to. */
export interface ScopeOwner {
  contextOf(source: ContextSource): Context;
  nameOf(client: FlagtreeClient<AnyFlags>): string | null;
}

/** What one request, or one message, sees of the flags: one environment, one context, one revision. */
export class Scope {
  private bound: FlagReader<AnyFlags> | null = null;

  constructor(
    readonly owner: ScopeOwner,
    private readonly client: FlagtreeClient<AnyFlags>,
    private readonly source: ContextSource,
  ) {}

  /** The revision and the context are those of the first call, so that a guard before it can say who somebody is. */
  get reader(): FlagReader<AnyFlags> {
    return (this.bound ??= this.client.bind(this.owner.contextOf(this.source)));
  }

  /** The slug, where the client knows it. */
  get environment(): string | null {
    return this.client.status().environment ?? this.owner.nameOf(this.client);
  }
}

interface Shared {
  readonly storage: AsyncLocalStorage<Scope>;
  /** By request, and by the arguments of a message: parsers of bodies have lost the storage before. */
  readonly scopes: WeakMap<object, Scope>;
}

/** One for the process, even where there are two copies of this file. */
const SHARED = Symbol.for('flagtree.nest.scope.1');
const home = globalThis as unknown as { [SHARED]: Shared | undefined };
const shared: Shared = (home[SHARED] ??= { storage: new AsyncLocalStorage(), scopes: new WeakMap() });

export const currentScope = (): Scope | undefined => shared.storage.getStore();

export const within = <T>(scope: Scope, body: () => T): T => shared.storage.run(scope, body);

export function keepScope(key: object, scope: Scope): void {
  shared.scopes.set(key, scope);
}

/** The scope of a handler's call. */
export function scopeOf(execution: ExecutionContext): Scope | undefined {
  const request = requestOf(execution);
  const kept = (request && shared.scopes.get(request)) ?? shared.scopes.get(execution.getArgs());
  return kept ?? currentScope();
}

/** The request of HTTP and of GraphQL, however its driver hands it on. */
export function requestOf(execution: ExecutionContext): object | undefined {
  const type: string = execution.getType();
  if (type === 'http') return execution.switchToHttp().getRequest<object>();
  if (type !== 'graphql') return undefined;
  const context = execution.getArgByIndex<{ req?: object; request?: object; reply?: { request?: object } } | undefined>(2);
  return context?.req ?? context?.request ?? context?.reply?.request;
}
