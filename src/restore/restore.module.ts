import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { HistoryModule } from '../history/history.module.js';
import { RestoreController } from './restore.controller.js';
import { RestoreService } from './restore.service.js';

@Module({ imports: [AuditModule, HistoryModule], controllers: [RestoreController], providers: [RestoreService] })
export class RestoreModule {}
