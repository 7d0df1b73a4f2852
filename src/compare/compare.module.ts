import { Module } from '@nestjs/common';
import { HistoryModule } from '../history/history.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { CompareController } from './compare.controller.js';
import { CompareService } from './compare.service.js';

@Module({ imports: [HistoryModule, ResolverModule], controllers: [CompareController], providers: [CompareService] })
export class CompareModule {}
