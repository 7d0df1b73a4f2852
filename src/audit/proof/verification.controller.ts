import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { RequireRole } from '../../access/permissions.js';
import { AdminController } from '../../platform/http/management/admin-controller.js';
import { switchOf } from '../../platform/http/management/parameters/query-switch.js';
import { AuditVerificationDto } from './verification.dto.js';
import { VerificationService } from './verification.service.js';

@AdminController('api/flags/audit/verify', 'Audit')
export class VerificationController {
  constructor(private readonly verification: VerificationService) {}

  /**
   * Works out the hash chain of the whole log anew, by itself and not by the database; holds it against the anchors that this server has signed,
   * the tables against the log, and the guards of the database against the migrations.
   */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'audit.verify' })
  @ApiQuery({
    name: 'goOn',
    required: false,
    description:
      '`true`: of the entries only those after the last time that this server found all of them well. Rows, guards and anchors are looked at as always.',
    schema: { type: 'boolean' },
  })
  @ApiOkResponse({ type: AuditVerificationDto })
  verify(@Query('goOn') goOn?: string): Promise<AuditVerificationDto> {
    return this.verification.verify(switchOf(goOn, 'goOn'));
  }
}
