import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { DeclaredPermissions } from './declared-permissions.js';
import { TokenRegistry } from './token-registry.js';

@Module({
  imports: [DiscoveryModule],
  providers: [TokenRegistry, DeclaredPermissions, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [TokenRegistry],
})
export class AccessModule {}
