import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { DeclaredPermissions } from './declared-permissions.js';
import { Entrance } from './entrance.js';
import { HeavyReads } from './limits/heavy-reads.js';
import { PageLimit } from './limits/page-limit.js';
import { RefusalLimit } from './limits/refusal-limit.js';
import { StreamTickets } from './stream-tickets.js';
import { Sessions } from './sessions/sessions.js';
import { TokenRegistry } from './identity/token-registry.js';

@Module({
  imports: [DiscoveryModule],
  providers: [
    TokenRegistry,
    RefusalLimit,
    Entrance,
    StreamTickets,
    PageLimit,
    Sessions,
    DeclaredPermissions,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: HeavyReads },
  ],
  exports: [TokenRegistry, Sessions, RefusalLimit, Entrance, StreamTickets],
})
export class AccessModule {}
