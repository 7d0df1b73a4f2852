import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { SessionsController } from './sessions.controller.js';

@Module({ imports: [AccessModule, AuditModule], controllers: [SessionsController] })
export class SessionsModule {}
