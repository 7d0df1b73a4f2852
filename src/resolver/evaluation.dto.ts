import { ApiProperty } from '@nestjs/swagger';
import type { ErrorCode, JsonObject, JsonValue, Reason } from '../engine/types.js';
import { ANY_JSON } from '../platform/http/any-json.js';

export class EvaluationRequestDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'Attributes of the user or request; `targetingKey` (a string) identifies who is bucketed. At most 100 attributes and 8 levels; may be empty.',
    example: { targetingKey: 'user-123', plan: 'beta', country: 'DE' },
  })
  context: JsonObject;

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: 1_000,
    description: 'Keys of flags; without it all flags are evaluated.',
    example: ['new-checkout-flow'],
  })
  flags?: string[];
}

export class FlagMetadataDto {
  @ApiProperty({
    required: false,
    description: 'The ancestor environment whose override makes the flag what it is here.',
    example: 'staging',
  })
  inheritedFrom?: string;
}

export class FlagAnswerDto {
  @ApiProperty({
    required: false,
    description: "Has the flag's type. Absent: the caller's own default applies.",
    ...ANY_JSON,
    example: true,
  })
  value?: JsonValue;

  @ApiProperty({ required: false, description: 'The key of the variant that is served.', example: 'on' })
  variant?: string;

  @ApiProperty({ enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'], example: 'TARGETING_MATCH' })
  reason: Reason;

  @ApiProperty({
    required: false,
    enum: ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'],
  })
  errorCode?: ErrorCode;

  @ApiProperty({ required: false, description: 'For people: what is wrong, with reason ERROR.' })
  errorDetails?: string;

  @ApiProperty({ type: FlagMetadataDto })
  metadata: FlagMetadataDto;
}

export class EvaluationDto {
  @ApiProperty({ description: 'The environment, by slug.', example: 'staging' })
  environment: string;

  @ApiProperty({ type: 'integer', description: 'The revision of everything that was looked at.', example: 1204 })
  revision: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/FlagAnswerDto' },
    description: 'By flag key. A key that was asked for and does not exist has the error FLAG_NOT_FOUND.',
    example: { 'new-checkout-flow': { value: true, variant: 'on', reason: 'STATIC', metadata: { inheritedFrom: 'staging' } } },
  })
  flags: Record<string, FlagAnswerDto>;
}

export class IgnoredEnvironmentDto {
  @ApiProperty({ enum: ['header', 'query', 'token'] })
  source: string;

  @ApiProperty({ enum: ['repeated', 'empty', 'malformed', 'not-allowed'] })
  why: string;
}

export class RequestEnvironmentDto {
  @ApiProperty({ example: 'development' })
  environment: string;

  @ApiProperty({ example: 'Development' })
  name: string;

  @ApiProperty({ enum: ['header', 'query', 'token', 'default'], description: 'What named the environment.' })
  by: string;

  @ApiProperty({
    type: IgnoredEnvironmentDto,
    nullable: true,
    description: 'What named another one that could not be taken, and why; null: nothing did.',
  })
  ignored: IgnoredEnvironmentDto | null;

  @ApiProperty({
    type: [String],
    description: 'The environment, its parent, … its root: where its values come from.',
    example: ['development', 'staging', 'production'],
  })
  chain: string[];

  @ApiProperty({ description: 'Always true: an inactive environment is refused.' })
  isActive: boolean;

  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;

  @ApiProperty({
    description: "Digest of the environment's content: the same content has the same one.",
    example: '5d1c0a2f9e3b4c7d8a6f0e1b2c3d4e5f',
  })
  etag: string;
}
