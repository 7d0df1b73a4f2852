import {
  type AnyFlags,
  type ClientOptions,
  createClient,
  type FlagSet,
  type FlagtreeClient,
  type TrackDetails,
} from '@flagtree/client';
import {
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import { contextOf } from './context.js';
import { forwardEvents } from './events.js';
import { resolutionOf, type Wanted } from './resolution.js';

export interface InitializeOptions {
  /** How long `initialize` waits for the first flags: milliseconds, or a text such as `'3s'`. Default 3 s. */
  readonly readyTimeout?: number | string;
}

export interface OverClient extends InitializeOptions {
  /** Stays open when the provider is closed. */
  readonly client: FlagtreeClient<AnyFlags>;
}

/**
 * Flagtree for OpenFeature's server SDK. It evaluates in this process, and has no hooks of its own.
 * @example await OpenFeature.setProviderAndWait(new FlagtreeProvider({ url, token, environment: 'production' }));
 */
export class FlagtreeProvider implements Provider {
  readonly metadata = { name: 'flagtree' };
  readonly runsOn = 'server';
  /** One provider may be set for several domains. */
  readonly domainScoped = false;
  readonly hooks = [];
  readonly events = new OpenFeatureEventEmitter();
  private client: FlagtreeClient<AnyFlags> | null;
  /** Null: the client is somebody else's. */
  private readonly make: (() => FlagtreeClient<AnyFlags>) | null;
  private readonly waiting: { timeout?: number | string };
  private leave: (() => void) | null = null;

  /** Makes a client and closes it with itself, unless it is given one. @throws {ConfigurationError} for options that no client can work with */
  constructor(options: (ClientOptions<FlagSet> & InitializeOptions) | OverClient = {}) {
    const { readyTimeout, ...rest } = options;
    this.waiting = readyTimeout === undefined ? {} : { timeout: readyTimeout };
    this.make = 'client' in rest ? null : () => createClient(rest);
    this.client = 'client' in rest ? rest.client : createClient(rest);
  }

  /** On a client of yours, which others may use too. */
  static over<F extends FlagSet>(client: FlagtreeClient<F>, options: InitializeOptions = {}): FlagtreeProvider {
    return new FlagtreeProvider({ ...options, client: client as unknown as FlagtreeClient<AnyFlags> });
  }

  /** Rejects when there are no flags in time, from wherever. READY is told as soon as there are. */
  async initialize(): Promise<void> {
    const client = (this.client ??= this.make?.() ?? null);
    if (client === null) return;
    const { hasData, lastError } = await client.ready(this.waiting);
    if (this.client !== client) return;
    this.leave?.();
    this.leave = forwardEvents(client, this.events, hasData ? 'ready' : 'error');
    if (!hasData) throw new Error(`There are no flags yet: ${lastError ?? 'the server has not answered so far'}`);
  }

  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): Promise<ResolutionDetails<boolean>> {
    return this.resolve('boolean', key, fallback, context);
  }

  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): Promise<ResolutionDetails<string>> {
    return this.resolve('string', key, fallback, context);
  }

  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): Promise<ResolutionDetails<number>> {
    return this.resolve('number', key, fallback, context);
  }

  resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.resolve('object', key, fallback, context);
  }

  /** Goes into the client's queue, in order with its exposures. What cannot be read is left out. */
  track(event: string, context: EvaluationContext, details: TrackingEventDetails): void {
    const told = contextOf(details) as TrackDetails | null;
    this.client?.track(event, told ?? {}, contextOf(context) ?? {});
  }

  /** A provider that has made its client makes another one when it is set again. */
  async onClose(): Promise<void> {
    this.leave?.();
    this.leave = null;
    if (this.make === null) return;
    const { client } = this;
    this.client = null;
    await client?.close();
  }

  private resolve<T extends JsonValue>(
    wanted: Wanted,
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(resolutionOf(this.client, wanted, key, fallback, contextOf(context)));
  }
}
