import { ApiProperty } from '@nestjs/swagger';
import type { ErrorCode, JsonObject, JsonValue, Reason } from '../engine/types.js';
import { ANY_JSON } from '../platform/http/any-json.js';

export class OfrepRequestDto {
  @ApiProperty({
    type: 'object',
    properties: { targetingKey: { type: 'string' } },
    additionalProperties: true,
    description: 'The evaluation context: at most 100 attributes and 8 levels; may be empty.',
    example: { targetingKey: 'user-123', plan: 'beta' },
  })
  context: JsonObject;
}

export class OfrepMetadataDto {
  @ApiProperty({ required: false, description: 'The environment, by slug.', example: 'staging' })
  flagSetId?: string;

  @ApiProperty({ required: false, description: 'The revision that was evaluated.', example: '1204' })
  version?: string;

  @ApiProperty({
    required: false,
    description: 'The ancestor environment whose override makes the flag what it is here.',
    example: 'staging',
  })
  inheritedFrom?: string;
}

export class OfrepSuccessDto {
  @ApiProperty({ example: 'new-checkout-flow' })
  key: string;

  @ApiProperty({
    required: false,
    description: "Has the flag's type. Absent: the caller's own default applies.",
    ...ANY_JSON,
  })
  value?: JsonValue;

  @ApiProperty({ enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED'] })
  reason: Reason;

  @ApiProperty({ required: false, example: 'on' })
  variant?: string;

  @ApiProperty({ type: OfrepMetadataDto })
  metadata: OfrepMetadataDto;
}

export class OfrepFailureDto {
  @ApiProperty({ example: 'new-checkout-flow' })
  key: string;

  @ApiProperty({ enum: ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'] })
  errorCode: ErrorCode;

  @ApiProperty({ description: 'For people: what is wrong.' })
  errorDetails: string;

  @ApiProperty({ type: OfrepMetadataDto, required: false })
  metadata?: OfrepMetadataDto;
}

/** A request that was refused as a whole. */
export class OfrepErrorDto {
  @ApiProperty({ required: false, description: 'The flag that was asked for.' })
  key?: string;

  @ApiProperty({ required: false, enum: ['PARSE_ERROR', 'INVALID_CONTEXT', 'GENERAL'] })
  errorCode?: ErrorCode;

  @ApiProperty({ description: 'For people: what is wrong.' })
  errorDetails: string;
}

export class OfrepBulkDto {
  @ApiProperty({
    type: 'array',
    description: 'Sorted by key.',
    items: { oneOf: [{ $ref: '#/components/schemas/OfrepSuccessDto' }, { $ref: '#/components/schemas/OfrepFailureDto' }] },
  })
  flags: (OfrepSuccessDto | OfrepFailureDto)[];

  @ApiProperty({ type: OfrepMetadataDto })
  metadata: OfrepMetadataDto;
}
