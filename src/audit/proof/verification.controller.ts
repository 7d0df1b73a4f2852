import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { RequireRole } from '../../access/permissions.js';
import { AdminController } from '../../platform/http/management/admin-controller.js';
import { AuditVerificationDto } from './verification.dto.js';
import { VerificationService } from './verification.service.js';

@AdminController('api/flags/audit/verify', 'Audit')
export class VerificationController {
  constructor(private readonly verification: VerificationService) {}

  /** Recomputes the hash chain of the whole log, and holds it against the anchors that this server has signed. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'audit.verify' })
  @ApiOkResponse({ type: AuditVerificationDto })
  verify(): Promise<AuditVerificationDto> {
    return this.verification.verify();
  }
}
