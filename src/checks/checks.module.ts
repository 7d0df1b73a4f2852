import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { CheckEntity } from './check.entity.js';
import { ChecksController } from './checks.controller.js';
import { ChecksService } from './checks.service.js';

/** Contexts with the variant that a flag must serve them. */
@Module({
  imports: [TypeOrmModule.forFeature([CheckEntity]), AuditModule, ResolverModule],
  controllers: [ChecksController],
  providers: [ChecksService],
  exports: [ChecksService],
})
export class ChecksModule {}
