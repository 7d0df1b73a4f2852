import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { FlagdExports } from './flagd-exports.service.js';
import { FlagdImports } from './flagd-imports.service.js';
import { FlagdController } from './flagd.controller.js';

/** Flags in flagd's format, served to flagd itself and used by the import and the export of states. */
@Module({
  imports: [AccessModule, AuditModule, ResolverModule],
  controllers: [FlagdController],
  providers: [FlagdExports, FlagdImports],
  exports: [FlagdExports, FlagdImports],
})
export class FlagdModule {}
