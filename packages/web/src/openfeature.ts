import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
} from '@openfeature/web-sdk';
import { createWebClient } from './create-web-client.js';
import type { Context, WebClient, WebClientOptions } from './types.js';

/** Flagtree for OpenFeature's web SDK, and what stands on it. The context is the SDK's: `OpenFeature.setContext()`. */
export class FlagtreeWebProvider implements Provider {
  readonly metadata = { name: 'flagtree' };
  readonly runsOn = 'client';
  readonly events = new OpenFeatureEventEmitter();
  /** Made when the SDK says for whom. */
  private client: WebClient | null = null;

  constructor(private readonly options: Omit<WebClientOptions, 'context'> = {}) {}

  /** Rejects where there are no values at all; READY is told as soon as there are. */
  async initialize(context: EvaluationContext = {}): Promise<void> {
    this.client?.close();
    const client = createWebClient({ ...this.options, context: contextOf(context) });
    this.client = client;
    client.on('change', ({ keys }) => { this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: keys }); }); // prettier-ignore
    const { state } = await client.ready();
    client.on('state', ({ to }) => {
      if (to === 'stale') this.events.emit(ProviderEvents.Stale);
      else if (to === 'ready') this.events.emit(ProviderEvents.Ready);
      else if (to === 'empty') this.events.emit(ProviderEvents.Error);
    });
    if (Object.keys(client.all()).length === 0 && state !== 'ready')
      throw new Error('The flags are not there yet: the server cannot be asked.');
  }

  async onContextChange(_before: EvaluationContext, context: EvaluationContext): Promise<void> {
    await this.client?.setContext(contextOf(context));
  }

  onClose(): Promise<void> {
    this.client?.close();
    return Promise.resolve();
  }

  resolveBooleanEvaluation = (key: string, fallback: boolean) => this.resolve(key, fallback);
  resolveStringEvaluation = (key: string, fallback: string) => this.resolve(key, fallback);
  resolveNumberEvaluation = (key: string, fallback: number) => this.resolve(key, fallback);
  resolveObjectEvaluation = <Value extends JsonValue>(key: string, fallback: Value) => this.resolve(key, fallback);

  private resolve<Value extends JsonValue>(key: string, fallback: Value): ResolutionDetails<Value> {
    if (!this.client) return { value: fallback, reason: 'ERROR', errorCode: ErrorCode.PROVIDER_NOT_READY };
    const { variant, errorCode, errorMessage, metadata, ...found } = this.client.details(key, fallback);
    return {
      ...(found as { value: Value; reason: string }),
      flagMetadata: metadata,
      ...(variant !== null && { variant }),
      ...(errorCode && { errorCode: ErrorCode[errorCode as keyof typeof ErrorCode] }),
      ...(errorMessage && { errorMessage }),
    };
  }
}

const contextOf = (context: EvaluationContext): Context => context as Context;
