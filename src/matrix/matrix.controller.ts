import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Caller } from '../access/identity/caller.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { RequireRole } from '../access/permissions.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { MatrixDto, MatrixQuery } from './matrix.dto.js';
import { MatrixService } from './matrix.service.js';

@AdminController('api/admin/matrix', 'Flags')
export class MatrixController {
  constructor(private readonly matrix: MatrixService) {}

  /**
   * Shows flags × environments: what is on where, and who says so. Cells that look the same are told once, in `faces`, so that a page of
   * 1,000 flags in 100 environments stays small.
   */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'matrix.get' })
  @ApiOkResponse({ type: MatrixDto })
  @ApiProblem(404, 'An environment in the query does not exist.')
  @ApiProblem(409, 'Something has changed since the page before: begin again without `cursor`.')
  get(@Query() query: MatrixQuery, @RequestCaller() caller: Caller): Promise<MatrixDto> {
    return this.matrix.read(query, caller);
  }
}
