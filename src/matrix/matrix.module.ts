import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { MatrixController } from './matrix.controller.js';
import { MatrixService } from './matrix.service.js';

@Module({ imports: [AuditModule, ResolverModule], controllers: [MatrixController], providers: [MatrixService] })
export class MatrixModule {}
