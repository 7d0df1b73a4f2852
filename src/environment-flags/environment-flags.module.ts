import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { FlagsModule } from '../flags/flags.module.js';
import { HistoryModule } from '../history/history.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { EnvironmentFlagEntity } from './environment-flag.entity.js';
import { EnvironmentFlagsController } from './environment-flags.controller.js';
import { EnvironmentFlagsService } from './environment-flags.service.js';
import { FlagEditController } from './flag-edit.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([EnvironmentFlagEntity]), AuditModule, HistoryModule, ResolverModule, FlagsModule],
  controllers: [EnvironmentFlagsController, FlagEditController],
  providers: [EnvironmentFlagsService],
  exports: [EnvironmentFlagsService],
})
export class EnvironmentFlagsModule {}
