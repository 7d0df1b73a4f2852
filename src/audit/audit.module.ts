import { Global, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { ChangeFeed } from './change-feed.js';
import { StateKeeper } from './state-keeper.js';
import { StateStore } from './state-store.js';

/** The write door, the log, and the state that follows it: every other module builds on these. */
@Global()
@Module({
  imports: [AccessModule],
  controllers: [AuditController],
  providers: [AuditService, StateStore, StateKeeper, ChangeFeed],
  exports: [AuditService, StateStore],
})
export class AuditModule {}
