import { Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Caller } from '../access/identity/caller.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { Evaluates, RequireRole } from '../access/permissions.js';
import { StateStore } from '../audit/follow/state-store.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { ReadinessRegistry } from '../platform/health/readiness-registry.js';
import { AdminController } from '../platform/http/management/admin-controller.js';
import { ownVersion } from '../platform/own-version.js';
import { ServerDto, WhoamiDto } from './about.dto.js';
import { serverView, whoamiView } from './about-view.js';

/** For whoever wants to know where they are: command lines, panels, people. */
@AdminController('api/admin', 'Server')
export class AboutController {
  private readonly version = ownVersion();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: StateStore,
    private readonly readiness: ReadinessRegistry,
  ) {}

  /** Says whose token this is, and what it may do. */
  @Get('whoami')
  @Evaluates()
  @ApiOperation({ operationId: 'about.whoami' })
  @ApiOkResponse({ type: WhoamiDto })
  async whoami(@RequestCaller() caller: Caller): Promise<WhoamiDto> {
    return whoamiView(caller, await this.store.current());
  }

  /** Says which server this is: its version, its revision, how it reads requests, and its limits. */
  @Get('server')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'about.server' })
  @ApiOkResponse({ type: ServerDto })
  async server(): Promise<ServerDto> {
    const { version, config, readiness } = this;
    return serverView({ version, config, state: await this.store.current(), checks: readiness.report(), now: new Date() });
  }
}
