import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { HistoryModule } from '../history/history.module.js';
import { PastEnvironments } from './environment/past-environments.service.js';
import { RequestEnvironments } from './environment/request-environments.service.js';
import { EvaluationObserver } from './observation/evaluation-observer.js';
import { EvaluationsController } from './evaluation/evaluation.controller.js';
import { ExplainController } from './evaluation/explain.controller.js';
import { BulkAnswers } from './ofrep/bulk-answers.js';
import { EventStreams } from './ofrep/named-streams.js';
import { OfrepController } from './ofrep/ofrep.controller.js';
import { EnvironmentResolver } from './resolver.service.js';
import { SnapshotController } from './evaluation/snapshot.controller.js';
import { SnapshotDocuments } from './snapshots/snapshot-documents.js';
import { SnapshotMetrics } from './snapshots/snapshot-metrics.js';
import { SnapshotsService } from './snapshots/snapshots.service.js';

/** Evaluation: snapshots that follow the state, the environment of a request, and the routes that answer from them. */
@Module({
  imports: [AccessModule, AuditModule, HistoryModule],
  controllers: [EvaluationsController, SnapshotController, OfrepController, ExplainController],
  providers: [
    EnvironmentResolver,
    SnapshotsService,
    PastEnvironments,
    RequestEnvironments,
    BulkAnswers,
    EventStreams,
    SnapshotDocuments,
    EvaluationObserver,
    SnapshotMetrics,
  ],
  exports: [EnvironmentResolver, SnapshotsService, RequestEnvironments, SnapshotDocuments],
})
export class ResolverModule {}
