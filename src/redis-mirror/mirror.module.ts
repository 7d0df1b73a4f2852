import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { MirrorMetrics } from './mirror-metrics.js';
import { MirrorService } from './mirror.service.js';

/** The copy of all resolved flags in Redis, for those who read it there. Does nothing without `REDIS_URL`. */
@Module({ imports: [AuditModule, ResolverModule], providers: [MirrorService, MirrorMetrics] })
export class RedisMirrorModule {}
