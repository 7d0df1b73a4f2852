import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { TokenRegistry } from './token-registry.js';

@Module({
  providers: [TokenRegistry, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [TokenRegistry],
})
export class AccessModule {}
