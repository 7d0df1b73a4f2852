import { Global, Module } from '@nestjs/common';
import { AnchorsService } from './anchors.service.js';
import { StateHistory } from './state-history.js';
import { VerificationController } from './verification.controller.js';
import { VerificationService } from './verification.service.js';

/** The audit log as history: every past state, and the proof that it is what happened. Global, as all that reads may be asked for the past. */
@Global()
@Module({
  controllers: [VerificationController],
  providers: [StateHistory, AnchorsService, VerificationService],
  exports: [StateHistory],
})
export class HistoryModule {}
