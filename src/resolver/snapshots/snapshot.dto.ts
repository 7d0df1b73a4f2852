import { ApiProperty } from '@nestjs/swagger';
import {
  type Bucketing,
  BUCKETINGS,
  FLAG_TYPES,
  type FlagMetadata,
  type FlagType,
  ON_MISSING_KEY,
  type OnMissingKey,
} from '@flagtree/engine';
import { ConditionDto, PrerequisiteDto, RuleDto, VariantDto } from '../../openapi/rule.dto.js';

export class SnapshotFlagDto {
  @ApiProperty({ enum: FLAG_TYPES })
  type: FlagType;
  enabled: boolean;
  @ApiProperty({ minimum: 0, maximum: 100 })
  percentage: number;
  /** In the order in which they are tried. */
  @ApiProperty({ type: () => [RuleDto] })
  rules: RuleDto[];
  @ApiProperty({ type: () => [VariantDto] })
  variants: VariantDto[];
  @ApiProperty({ type: String, nullable: true })
  defaultVariant: string | null;
  /** Null: off means the caller's own default. */
  @ApiProperty({ type: String, nullable: true })
  offVariant: string | null;
  @ApiProperty({ enum: BUCKETINGS })
  bucketing: Bucketing;
  /** What buckets are salted with. */
  salt: string;
  /** What becomes of a context without the key that a bucket needs: an error, or the flag is off for it. */
  @ApiProperty({ enum: ON_MISSING_KEY })
  onMissingKey: OnMissingKey;
  @ApiProperty({ type: () => [PrerequisiteDto] })
  prerequisites: PrerequisiteDto[];
  @ApiProperty({ type: 'object', additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] } })
  metadata: FlagMetadata;
  @ApiProperty({ type: String, nullable: true, example: 'staging' })
  inheritedFrom: string | null;
}

export class SnapshotSegmentDto {
  @ApiProperty({ type: () => [ConditionDto] })
  conditions: ConditionDto[];
}

export class SnapshotDto {
  /** @example "staging" */
  environment: string;
  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;
  /** Digest of the content: the same content has the same one. */
  etag: string;
  /** By key; archived flags are not in it. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/SnapshotFlagDto' } })
  flags: Record<string, SnapshotFlagDto>;
  /** Those that the flags name, by key. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/SnapshotSegmentDto' } })
  segments: Record<string, SnapshotSegmentDto>;
}
