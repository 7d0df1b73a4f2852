import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { HistoryModule } from '../history/history.module.js';
import { PipelinesModule } from '../pipelines/pipelines.module.js';
import { PlanHistory } from './plan/plan-history.service.js';
import { PromoteFlagController, PromotionsController } from './promotions.controller.js';
import { PromotionsService } from './promotions.service.js';
import { RevertsService } from './reverts.service.js';

/** Moving flags between environments: planned, gated, applied as one, and taken back as one. */
@Module({
  imports: [AuditModule, HistoryModule, ChecksModule, PipelinesModule],
  controllers: [PromoteFlagController, PromotionsController],
  providers: [PromotionsService, RevertsService, PlanHistory],
  exports: [PromotionsService],
})
export class PromotionModule {}
