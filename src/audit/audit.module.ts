import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ChangesService } from './door/changes.service.js';
import { WriteHealth } from './door/write-health.js';
import { ChangeFeed } from './follow/change-feed.js';
import { StateKeeper } from './follow/state-keeper.js';
import { StateStore } from './follow/state-store.js';
import { AuditController } from './log/audit.controller.js';
import { AnchorsService } from './anchors/anchors.service.js';
import { VerificationController } from './proof/verification.controller.js';
import { VerificationService } from './proof/verification.service.js';

/** The write door, the log and its proof, and the state that follows the log: every other module builds on these. */
@Module({
  imports: [AccessModule],
  controllers: [AuditController, VerificationController],
  providers: [ChangesService, WriteHealth, StateStore, StateKeeper, ChangeFeed, AnchorsService, VerificationService],
  exports: [ChangesService, StateStore],
})
export class AuditModule {}
