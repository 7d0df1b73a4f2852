import type { LogRecord } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';

export interface Exporter {
  emit(record: LogRecord): void;
  /** Sends what is left, but does not wait long for it. */
  close(): Promise<void>;
}

const QUEUE = 4_096;
const BATCH = 512;
const DELAY_MS = 1_000;
const EXPORT_MS = 5_000;
const CLOSE_MS = 2_000;

/** Log records to a collector, over HTTP as JSON. The SDK reads the other `OTEL_*` variables (headers, service name) by itself. */
export function openExporter(endpoint: string): Exporter {
  const exporter = new OTLPLogExporter({ url: `${endpoint}/v1/logs`, timeoutMillis: EXPORT_MS });
  const named = resourceFromAttributes({ 'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'flagtree' });
  const provider = new LoggerProvider({
    resource: defaultResource().merge(named),
    processors: [
      new BatchLogRecordProcessor({
        exporter,
        maxQueueSize: QUEUE,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: DELAY_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  const logger = provider.getLogger('flagtree');
  return {
    emit: (record) => {
      logger.emit(record);
    },
    close: async () => {
      const closed = provider.shutdown().catch(() => undefined);
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
}
