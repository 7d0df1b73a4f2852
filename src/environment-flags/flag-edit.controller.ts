import { Body, Param, Patch } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { FlagDto, UpdateFlagDto } from '../flags/flag.dto.js';
import { flagIn } from '../flags/flag-in-environment.js';
import { flagView, requireFlag } from '../flags/flag-view.js';
import { FlagsService } from '../flags/flags.service.js';
import { AdminController, ApiWrite } from '../platform/http/management/admin-controller.js';
import { ApiKeep } from '../platform/http/management/parameters/keep.js';
import { ok, type Written } from '../platform/http/management/answer.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import { OverrideInDto } from './environment-flag.dto.js';
import { EnvironmentFlagsService } from './environment-flags.service.js';
import { type FlagEdit, FlagEditPipe } from './flag-edit.pipe.js';

/** PATCH of a flag, which may mean its base or its override in one environment. */
@AdminController('api/admin/feature-flags', 'Flags')
export class FlagEditController {
  constructor(
    private readonly changes: ChangesService,
    private readonly flags: FlagsService,
    private readonly overrides: EnvironmentFlagsService,
    private readonly resolver: EnvironmentResolver,
  ) {}

  /** Edits a flag's base; with `environment` that environment's override, where null inherits, and the answer is the flag as it is there. What is absent stays. */
  @Patch(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'flags.update' })
  @ApiExtraModels(UpdateFlagDto, OverrideInDto)
  @ApiBody({
    schema: { anyOf: [{ $ref: getSchemaPath(UpdateFlagDto) }, { $ref: getSchemaPath(OverrideInDto) }] },
    examples: {
      override: {
        summary: 'Turn it on in one environment',
        value: { enabled: true, environment: 'staging', reason: 'beta test' },
      },
      base: { summary: 'Edit the base', value: { description: 'The new checkout', tags: ['checkout'] } },
    },
  })
  @ApiKeep()
  @ApiWrite({ status: 200, type: FlagDto, edits: true })
  update(@Param('key') key: string, @Body(FlagEditPipe) edit: FlagEdit, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.apply(change, key, edit),
      answer: (change) => ok(this.view(change, key, edit)),
    });
  }

  private apply(change: Change, key: string, edit: FlagEdit): Promise<void> {
    if (!(edit instanceof OverrideInDto)) return this.flags.update(change, key, edit);
    const { environment, keep: _keep, ...override } = edit;
    return this.overrides.update(change, { environment, key }, override, 'flag');
  }

  private view({ state }: Change, key: string, edit: FlagEdit): FlagDto {
    const flag = requireFlag(state, key);
    if (!(edit instanceof OverrideInDto)) return flagView(state, flag);
    return flagIn(state, flag, this.resolver.getEnvironment(edit.environment, state));
  }
}
