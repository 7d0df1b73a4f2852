import { Global, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ResolverModule } from '../resolver/resolver.module.js';
import { FlagdController } from './flagd.controller.js';
import { FlagdExports } from './flagd-exports.service.js';
import { FlagdImports } from './flagd-imports.service.js';

/** Global for the import and the export of states, which also know this format. */
@Global()
@Module({
  imports: [AccessModule, ResolverModule],
  controllers: [FlagdController],
  providers: [FlagdExports, FlagdImports],
  exports: [FlagdExports, FlagdImports],
})
export class FlagdModule {}
