import { Module } from '@nestjs/common';
import { RestoreController } from './restore.controller.js';
import { RestoreService } from './restore.service.js';

@Module({ controllers: [RestoreController], providers: [RestoreService] })
export class RestoreModule {}
