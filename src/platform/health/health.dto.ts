import { ApiProperty } from '@nestjs/swagger';
import type { Readiness } from './readiness-registry.js';

export class LivenessDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

export class ReadinessDto {
  /** `degraded` still answers 200: the server serves, from what it last knew. */
  @ApiProperty({ enum: ['ok', 'degraded', 'down'] })
  status!: 'ok' | 'degraded' | 'down';

  /** How each part is, by name. */
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['status'],
      properties: { status: { type: 'string', enum: ['up', 'degraded', 'down'] }, detail: { type: 'string' } },
    },
    example: {
      database: {
        status: 'degraded',
        detail: 'It cannot be reached since 2026-03-01T12:03:00.000Z: evaluation goes on with revision 1204, writes are refused.',
      },
    },
  })
  checks!: Record<string, Readiness>;
}
