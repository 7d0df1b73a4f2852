import { Global, Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { ExportController } from './export.controller.js';
import { ImportController } from './import.controller.js';
import { TransferSections } from './transfer-sections.js';
import { TransferService } from './transfer.service.js';

/** Global for its registry: modules with sections of their own register them. */
@Global()
@Module({
  imports: [JobsModule],
  controllers: [ExportController, ImportController],
  providers: [TransferService, TransferSections],
  exports: [TransferSections],
})
export class TransferModule {}
