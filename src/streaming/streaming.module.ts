import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { ManagementStreamController } from './management/management-stream.controller.js';
import { ManagementStreams } from './management/management-streams.service.js';
import { OfrepStreamController } from './ofrep-stream.controller.js';
import { StreamMetrics } from './stream-metrics.js';
import { StreamController } from './stream.controller.js';
import { StreamsService } from './streams.service.js';

/** Server-sent events: changes that arrive. */
@Module({
  imports: [AccessModule, AuditModule, ResolverModule],
  controllers: [StreamController, OfrepStreamController, ManagementStreamController],
  providers: [StreamsService, ManagementStreams, StreamMetrics],
})
export class StreamingModule {}
