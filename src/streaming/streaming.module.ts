import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { OfrepStreamController } from './ofrep-stream.controller.js';
import { StreamController } from './stream.controller.js';
import { StreamMetrics } from './stream-metrics.js';
import { StreamsService } from './streams.service.js';

/** Server-sent events: changes that arrive. */
@Module({
  imports: [AccessModule, ResolverModule],
  controllers: [StreamController, OfrepStreamController],
  providers: [StreamsService, StreamMetrics],
})
export class StreamingModule {}
