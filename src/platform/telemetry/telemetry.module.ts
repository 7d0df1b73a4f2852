import { Global, Module } from '@nestjs/common';
import { EvaluationTelemetry } from './evaluation-telemetry.js';

@Global()
@Module({ providers: [EvaluationTelemetry], exports: [EvaluationTelemetry] })
export class TelemetryModule {}
