import { Module } from '@nestjs/common';
import { ChecksController } from './checks.controller.js';
import { ChecksService } from './checks.service.js';

/** Contexts with the variant that a flag must serve them. */
@Module({ controllers: [ChecksController], providers: [ChecksService], exports: [ChecksService] })
export class ChecksModule {}
