import { Module } from '@nestjs/common';
import { ResolverModule } from '../resolver/resolver.module.js';
import { MirrorMetrics } from './mirror-metrics.js';
import { MirrorService } from './mirror.service.js';

/** The copy of all resolved flags in Redis, for those who read it there. Does nothing without `REDIS_URL`. */
@Module({ imports: [ResolverModule], providers: [MirrorService, MirrorMetrics] })
export class RedisMirrorModule {}
