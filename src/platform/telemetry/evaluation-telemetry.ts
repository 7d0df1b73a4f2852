import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { evaluationEvent, type Evaluated } from './evaluation-event.js';
import type { Exporter } from './exporter.js';

/**
 * Tells an OpenTelemetry collector of each evaluation, where one is set: in batches, in the background, and at most so many at a time.
 * What the collector does not take in time is dropped; an evaluation neither waits nor fails for it.
 */
@Injectable()
export class EvaluationTelemetry implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EvaluationTelemetry.name);
  private exporter: Exporter | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Ask before you make what `tell` needs. */
  get isOn(): boolean {
    return this.exporter !== null;
  }

  tell(evaluated: Evaluated): void {
    this.exporter?.emit(evaluationEvent(evaluated));
  }

  /** The SDK is loaded only where it is used, and the start does not wait for it. */
  onApplicationBootstrap(): void {
    const { telemetryEndpoint } = this.config;
    if (telemetryEndpoint === null) return;
    import('./exporter.js').then(
      ({ openExporter }) => (this.exporter = openExporter(telemetryEndpoint)),
      (error: unknown) => {
        this.logger.error(`OpenTelemetry cannot be loaded, so no evaluation is told: ${(error as Error).message}`);
      },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    const { exporter } = this;
    this.exporter = null;
    await exporter?.close();
  }
}
