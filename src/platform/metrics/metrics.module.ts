import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { MetricsAccess } from '../config/config.js';
import { DatabaseMetrics } from './database-metrics.js';
import { metricsControllers } from './metrics.controller.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Global, so that whoever has something to count can register it. */
@Global()
@Module({})
export class MetricsModule {
  static forRoot(access: MetricsAccess): DynamicModule {
    return {
      module: MetricsModule,
      controllers: metricsControllers(access),
      providers: [MetricsRegistry, DatabaseMetrics],
      exports: [MetricsRegistry],
    };
  }
}
