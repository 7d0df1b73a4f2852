import { Body, Post } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { ApiKeep } from '../platform/http/management/parameters/keep.js';
import type { Written } from '../platform/http/management/answer.js';
import { BulkDto, BulkResultDto } from './bulk.dto.js';
import { BulkService } from './bulk.service.js';

@AdminController('api/admin/bulk', 'Bulk')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  /** Enables, disables, sets, clears or copies the overrides of many flags in many environments, as one revision. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'bulk.run' })
  @ApiBody({
    type: BulkDto,
    examples: {
      disable: {
        summary: 'Turn a family of flags off',
        value: { operation: 'disable', flags: ['checkout.*'], environments: ['staging'], reason: 'Incident 123' },
      },
      copy: {
        summary: 'Give one environment all that another has',
        value: { operation: 'copy', from: 'staging', environments: ['pr-42'], mode: 'resolved' },
      },
      clear: {
        summary: 'Inherit again, as far as it goes',
        value: { operation: 'clear', tags: ['beta'], environments: ['staging'], subtree: true, atomic: false },
      },
    },
  })
  @ApiKeep()
  @ApiWrite({ status: 200, type: BulkResultDto, edits: false })
  @ApiProblem(404, 'An environment does not exist.')
  run(@Body() dto: BulkDto, @Write() write: WriteRequest): Promise<Written> {
    return this.bulk.run(write, dto);
  }
}
