import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AboutController } from './about.controller.js';

@Module({ imports: [AuditModule], controllers: [AboutController] })
export class AboutModule {}
