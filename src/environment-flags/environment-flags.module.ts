import { Module } from '@nestjs/common';
import { FlagsModule } from '../flags/flags.module.js';
import { EnvironmentFlagsController } from './environment-flags.controller.js';
import { EnvironmentFlagsService } from './environment-flags.service.js';
import { FlagEditController } from './flag-edit.controller.js';

@Module({
  imports: [FlagsModule],
  controllers: [EnvironmentFlagsController, FlagEditController],
  providers: [EnvironmentFlagsService],
  exports: [EnvironmentFlagsService],
})
export class EnvironmentFlagsModule {}
