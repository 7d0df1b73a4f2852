import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { BulkAnswers } from './bulk-answers.js';
import { EvaluationsController } from './evaluation.controller.js';
import { ExplainController } from './explain.controller.js';
import { OfrepController } from './ofrep.controller.js';
import { PastEnvironments } from './past-environments.service.js';
import { RequestEnvironments } from './request-environments.service.js';
import { EvaluationObserver } from './evaluation-observer.js';
import { EventStreams } from './event-streams.js';
import { SnapshotMetrics } from './snapshot-metrics.js';
import { SnapshotDocuments } from './snapshot-documents.js';
import { SnapshotsService } from './snapshots.service.js';

/** Evaluation: snapshots that follow the state, the environment of a request, and the routes that answer from them. */
@Module({
  imports: [AccessModule],
  controllers: [EvaluationsController, OfrepController, ExplainController],
  providers: [
    SnapshotsService,
    PastEnvironments,
    RequestEnvironments,
    BulkAnswers,
    EventStreams,
    SnapshotDocuments,
    EvaluationObserver,
    SnapshotMetrics,
  ],
  exports: [SnapshotsService, RequestEnvironments, SnapshotDocuments],
})
export class ResolverModule {}
