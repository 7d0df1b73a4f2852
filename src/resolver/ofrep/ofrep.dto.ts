import { ApiProperty } from '@nestjs/swagger';
import type { ErrorCode, JsonObject, JsonValue, Reason } from '@flagtree/engine';
import { ANY_JSON } from '../../platform/http/json/any-json.js';

export class OfrepRequestDto {
  /** The evaluation context: at most 100 attributes and 8 levels; may be empty. */
  @ApiProperty({
    type: 'object',
    properties: { targetingKey: { type: 'string' } },
    additionalProperties: true,
    example: { targetingKey: 'user-123', plan: 'beta' },
  })
  context: JsonObject;
}

export class OfrepMetadataDto {
  /**
   * The environment, by slug.
   * @example "staging"
   */
  flagSetId?: string;
  /**
   * The revision that was evaluated.
   * @example "1204"
   */
  version?: string;
  /**
   * The ancestor environment whose override makes the flag what it is here.
   * @example "staging"
   */
  inheritedFrom?: string;
}

export class OfrepSuccessDto {
  /** @example "new-checkout-flow" */
  key: string;
  /** Has the flag's type. Absent: the caller's own default applies. */
  @ApiProperty({ ...ANY_JSON, required: false })
  value?: JsonValue;
  @ApiProperty({ enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED'] })
  reason: Reason;
  /** @example "on" */
  variant?: string;
  metadata: OfrepMetadataDto;
}

export class OfrepFailureDto {
  /** @example "new-checkout-flow" */
  key: string;
  @ApiProperty({ enum: ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'] })
  errorCode: ErrorCode;
  /** For people: what is wrong. */
  errorDetails: string;
  metadata?: OfrepMetadataDto;
}

/** A request that was refused as a whole. */
export class OfrepErrorDto {
  /** The flag that was asked for. */
  key?: string;
  @ApiProperty({ required: false, enum: ['PARSE_ERROR', 'INVALID_CONTEXT', 'GENERAL'] })
  errorCode?: ErrorCode;
  /** For people: what is wrong. */
  errorDetails: string;
}

export class OfrepEndpointDto {
  /** Path and query, below the address of the provider's own requests. It holds a ticket: keep it out of logs. */
  @ApiProperty({ pattern: '^/' })
  requestUri: string;
}

export class OfrepEventStreamDto {
  @ApiProperty({ enum: ['sse'] })
  type: 'sse';
  endpoint: OfrepEndpointDto;
  /** A client that nobody looks at for so long closes the stream. */
  @ApiProperty({ type: 'integer', minimum: 1, example: 120 })
  inactivityDelaySec: number;
}

export class OfrepBulkDto {
  /** Sorted by key. */
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: '#/components/schemas/OfrepSuccessDto' }, { $ref: '#/components/schemas/OfrepFailureDto' }] },
  })
  flags: (OfrepSuccessDto | OfrepFailureDto)[];
  metadata: OfrepMetadataDto;
  /** Where to hear that flags have changed; absent where this server offers no streams. */
  eventStreams?: OfrepEventStreamDto[];
}
