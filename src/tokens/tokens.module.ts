import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { Bootstrap } from './start/bootstrap.js';
import { OwnToken } from './start/own-token.js';
import { TokenUsage } from './token-usage.js';
import { TokenEntity } from './token.entity.js';
import { TokensController } from './tokens.controller.js';
import { TokensService } from './tokens.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([TokenEntity]), AccessModule, AuditModule, EnvironmentsModule],
  controllers: [TokensController],
  providers: [TokensService, TokenUsage, OwnToken, Bootstrap],
  exports: [Bootstrap],
})
export class TokensModule {}
