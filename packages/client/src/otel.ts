import { evaluationAttributes } from './engine.js';
import type { Exposure, ExposureOptions } from './types/exposures.js';
import type { Json } from './types/json.js';

/** As much of a logger of `@opentelemetry/api-logs` as is used: `logs.getLogger('…')` is one. */
export interface EventLogger {
  emit(record: {
    readonly eventName: string;
    readonly timestamp: number;
    readonly attributes: Record<string, string | number | boolean>;
  }): void;
}

export interface OtelOptions {
  readonly logger: EventLogger;
  /** Default false: one for each flag, variant and targeting key within an hour. The convention asks for one per evaluation. */
  readonly every?: boolean;
}

/**
 * Exposures as events of OpenTelemetry's semantic conventions (`feature_flag.evaluation`, 1.44), for the option `exposures`. Every evaluation counts,
 * errors and defaults too.
 */
export function otelExposures({ logger, every = false }: OtelOptions): ExposureOptions & { readonly all: true } {
  return {
    all: true,
    every,
    send: (batch) => {
      for (const told of batch) if (told.type === 'exposure') logger.emit(eventOf(told));
    },
  };
}

function eventOf({ flag, time, value, ...told }: Exposure): Parameters<EventLogger['emit']>[0] {
  const attributes = evaluationAttributes({ key: flag, ...told, ...(value !== undefined && { value: asAttribute(value) }) });
  return { eventName: 'feature_flag.evaluation', timestamp: time, attributes };
}

const asAttribute = (value: Json): string | number | boolean => (typeof value === 'object' ? JSON.stringify(value) : value);
