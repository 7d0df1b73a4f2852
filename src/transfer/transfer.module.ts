import { Global, Module } from '@nestjs/common';
import { ChecksModule } from '../checks/checks.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { PipelinesModule } from '../pipelines/pipelines.module.js';
import { ExportController } from './export.controller.js';
import { ImportController } from './import.controller.js';
import { ChecksSection } from './sections/checks.section.js';
import { PipelinesSection } from './sections/pipelines.section.js';
import { TransferSections } from './transfer-sections.js';
import { TransferService } from './transfer.service.js';

/** Global for its registry: modules with sections of their own register them. */
@Global()
@Module({
  imports: [JobsModule, ChecksModule, PipelinesModule],
  controllers: [ExportController, ImportController],
  providers: [TransferService, TransferSections, ChecksSection, PipelinesSection],
  exports: [TransferSections],
})
export class TransferModule {}
