import { Module } from '@nestjs/common';
import { PipelinesController } from './pipelines.controller.js';
import { PipelinesService } from './pipelines.service.js';

/** The ways that promotions take, as data. */
@Module({ controllers: [PipelinesController], providers: [PipelinesService], exports: [PipelinesService] })
export class PipelinesModule {}
