import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { HistoryModule } from '../history/history.module.js';
import { FlagEnvironmentsController } from './flag-environments.controller.js';
import { FlagsController } from './flags.controller.js';
import { FlagsService } from './flags.service.js';

@Module({
  imports: [AuditModule, HistoryModule],
  controllers: [FlagsController, FlagEnvironmentsController],
  providers: [FlagsService],
  exports: [FlagsService],
})
export class FlagsModule {}
