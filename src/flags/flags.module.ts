import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { HistoryModule } from '../history/history.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { FlagEnvironmentsController } from './flag-environments.controller.js';
import { FlagEntity } from './flag.entity.js';
import { FlagsController } from './flags.controller.js';
import { FlagsService } from './flags.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([FlagEntity]), AuditModule, HistoryModule, ResolverModule],
  controllers: [FlagsController, FlagEnvironmentsController],
  providers: [FlagsService],
  exports: [FlagsService],
})
export class FlagsModule {}
