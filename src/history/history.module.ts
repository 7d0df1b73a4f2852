import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { StateHistory } from './state-history.js';

/** Every past state, rewound from the audit log. */
@Module({
  imports: [AuditModule],
  providers: [StateHistory],
  exports: [StateHistory],
})
export class HistoryModule {}
