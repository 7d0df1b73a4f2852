import { Module } from '@nestjs/common';
import { JobLocks } from './job-locks.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';

@Module({ controllers: [JobsController], providers: [JobsService, JobLocks], exports: [JobsService] })
export class JobsModule {}
