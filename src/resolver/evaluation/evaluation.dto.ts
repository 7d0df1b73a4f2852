import { ApiProperty } from '@nestjs/swagger';
import type { ErrorCode, JsonObject, JsonValue, Reason } from '@flagtree/engine';
import { ANY_JSON } from '../../platform/http/json/any-json.js';

export class EvaluationRequestDto {
  /** Attributes of the user or request; `targetingKey` (a string) is who is bucketed. At most 100 attributes and 8 levels; may be empty. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { targetingKey: 'user-123', plan: 'beta', country: 'DE' } })
  context: JsonObject;
  /** Keys of flags; without it all flags are evaluated. */
  @ApiProperty({ type: [String], required: false, maxItems: 1_000, example: ['new-checkout-flow'] })
  flags?: string[];
}

export class FlagMetadataDto {
  /**
   * The ancestor environment whose override makes the flag what it is here.
   * @example "staging"
   */
  inheritedFrom?: string;
}

export class FlagAnswerDto {
  /** Has the flag's type. Absent: the caller's own default applies. */
  @ApiProperty({ ...ANY_JSON, required: false, example: true })
  value?: JsonValue;
  /**
   * The key of the variant that is served.
   * @example "on"
   */
  variant?: string;
  @ApiProperty({ enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'], example: 'TARGETING_MATCH' })
  reason: Reason;
  @ApiProperty({
    required: false,
    enum: ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'],
  })
  errorCode?: ErrorCode;
  /** For people: what is wrong, with reason ERROR. */
  errorDetails?: string;
  metadata: FlagMetadataDto;
}

export class EvaluationDto {
  /**
   * The environment, by slug.
   * @example "staging"
   */
  environment: string;
  /** The revision of everything that was looked at. */
  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;
  /** By flag key. A key that was asked for and does not exist has the error FLAG_NOT_FOUND. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/FlagAnswerDto' },
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
  /** @example "development" */
  environment: string;
  /** @example "Development" */
  name: string;
  /** What named the environment. */
  @ApiProperty({ enum: ['header', 'query', 'token', 'default'] })
  by: string;
  /** What named another one that could not be taken, and why; null: nothing did. */
  @ApiProperty({ type: IgnoredEnvironmentDto, nullable: true })
  ignored: IgnoredEnvironmentDto | null;
  /** The environment, its parent, … its root: where its values come from. */
  @ApiProperty({ type: [String], example: ['development', 'staging', 'production'] })
  chain: string[];
  /** Always true: an inactive environment is refused. */
  isActive: boolean;
  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;
  /**
   * Digest of the environment's content: the same content has the same one.
   * @example "5d1c0a2f9e3b4c7d8a6f0e1b2c3d4e5f"
   */
  etag: string;
}
