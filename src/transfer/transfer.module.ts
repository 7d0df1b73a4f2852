import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { FlagdModule } from '../flagd/flagd.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { PipelinesModule } from '../pipelines/pipelines.module.js';
import { ExportController } from './export.controller.js';
import { ImportController } from './import.controller.js';
import { ChecksSection } from './sections/checks.section.js';
import { PipelinesSection } from './sections/pipelines.section.js';
import { TransferSections } from './transfer-sections.js';
import { TransferService } from './transfer.service.js';

/** States as documents, imported and exported. A module with a section of its own in them imports this one and registers it. */
@Module({
  imports: [AuditModule, JobsModule, ChecksModule, PipelinesModule, FlagdModule],
  controllers: [ExportController, ImportController],
  providers: [TransferService, TransferSections, ChecksSection, PipelinesSection],
  exports: [TransferSections],
})
export class TransferModule {}
