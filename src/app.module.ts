import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AboutModule } from './about/about.module.js';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BulkModule } from './bulk/bulk.module.js';
import { ChecksModule } from './checks/checks.module.js';
import { CompareModule } from './compare/compare.module.js';
import { FlagdModule } from './flagd/flagd.module.js';
import { EnvironmentFlagsModule } from './environment-flags/environment-flags.module.js';
import { EnvironmentsModule } from './environments/environments.module.js';
import { FlagsModule } from './flags/flags.module.js';
import { HistoryModule } from './history/history.module.js';
import { MatrixModule } from './matrix/matrix.module.js';
import { PanelModule } from './panel/panel.module.js';
import { PipelinesModule } from './pipelines/pipelines.module.js';
import { PromotionModule } from './promotion/promotion.module.js';
import { PlatformModule, type PlatformOptions } from './platform/platform.module.js';
import { ProblemFilter } from './platform/http/problems/problem.filter.js';
import { HealthModule } from './platform/health/health.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { ResolverModule } from './resolver/resolver.module.js';
import { RedisMirrorModule } from './redis-mirror/mirror.module.js';
import { RestoreModule } from './restore/restore.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { SegmentsModule } from './segments/segments.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { StreamingModule } from './streaming/streaming.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { TransferModule } from './transfer/transfer.module.js';

@Module({})
export class AppModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // infrastructure, which is global
        PlatformModule.forRoot(options),
        HealthModule,
        MetricsModule.forRoot(options.config.metrics),
        TelemetryModule,
        // who is calling; the write door, the log and the state that follows it
        AccessModule,
        AuditModule,
        HistoryModule,
        JobsModule,
        // what is managed
        EnvironmentsModule,
        FlagsModule,
        SegmentsModule,
        TokensModule,
        ...(options.config.panel ? [SessionsModule] : []),
        EnvironmentFlagsModule,
        // what is served from memory
        ResolverModule,
        ChecksModule,
        PipelinesModule,
        FlagdModule,
        AboutModule,
        // what stands on all of these
        StreamingModule,
        PromotionModule,
        CompareModule,
        MatrixModule,
        BulkModule,
        RestoreModule,
        TransferModule,
        RedisMirrorModule,
        PanelModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
