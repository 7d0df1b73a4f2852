import type { AnyFlags, ClientOptions, Context, Duration, FlagSet } from '@flagtree/client';
import type { ExecutionContext } from '@nestjs/common';

export interface FlagtreeModuleOptions<F extends FlagSet = AnyFlags> extends ClientOptions<F> {
  /** For whom flags are evaluated, asked when a request reads its first flag; by default nobody. See `fromHeaders`. */
  readonly context?: ContextOf;
  /** Lets a request name its environment. Without it every request is evaluated in `environment`. */
  readonly environments?: RequestEnvironmentOptions;
  /** Default true: the application starts when there are flags, or after `readyTimeout`. */
  readonly waitForReady?: boolean;
  /** Default 3 s. */
  readonly readyTimeout?: Duration;
  /** Default false; true: without flags the application does not start. */
  readonly required?: boolean;
  /** Default false; true, or a domain: OpenFeature's SDK gets a provider on the same client. It needs `@flagtree/openfeature`. */
  readonly openFeature?: boolean | { readonly domain: string };
}

export interface RequestEnvironmentOptions {
  /** The environment of requests that name none, or none that can be taken. */
  readonly default: string;
  /** What a request may name: whoever can send a header chooses among these. With the default at most ten. */
  readonly allowed: readonly string[];
  /** Default `X-Environment`; null: no header is looked at. */
  readonly header?: string | null;
  /** The query parameter. Default `env`; null: the query is not looked at. */
  readonly query?: string | null;
}

/** What a context can be made of. */
export interface ContextSource {
  /** As Fastify or Express have it, also for GraphQL; undefined for messages. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each application knows its own
  readonly request: any;
  /** Only for messages: for a request the same context counts in middleware, guards and handlers. */
  readonly execution?: ExecutionContext;
}

/** What it throws is logged, and counts as nobody. */
export type ContextOf = (source: ContextSource) => Context | undefined;

/** For `forRootAsync` with `useClass` and `useExisting`. */
export interface FlagtreeOptionsFactory {
  createFlagtreeOptions(): FlagtreeModuleOptions | Promise<FlagtreeModuleOptions>;
}
