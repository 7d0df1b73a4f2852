import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PipelinesController } from './pipelines.controller.js';
import { PipelinesService } from './pipelines.service.js';

/** The ways that promotions take, as data. */
@Module({
  imports: [AuditModule],
  controllers: [PipelinesController],
  providers: [PipelinesService],
  exports: [PipelinesService],
})
export class PipelinesModule {}
