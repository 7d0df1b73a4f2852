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

export class SnapshotSegmentDto {
  @ApiProperty({ type: () => [ConditionDto] })
  conditions: ConditionDto[];
}

/** The slug of the environment that each comes from; null: the flag itself. */
export class SnapshotSourcesDto {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', nullable: true } })
  fields: Record<string, string | null>;
  /** In the order of the rules. */
  @ApiProperty({ type: 'array', items: { type: 'string', nullable: true } })
  rules: (string | null)[];
}

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
  /**
   * Only of a flag that goes on as it last was, since what is stored of it cannot be used: the segments of that time, which count for it
   * instead of those of the document.
   */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/SnapshotSegmentDto' } })
  segments?: Record<string, SnapshotSegmentDto>;
  /** With `details=true`. */
  sources?: SnapshotSourcesDto;
}

/** Nobody can evaluate it: it answers `PARSE_ERROR`, and the caller's own default applies. */
export class DefectiveFlagDto {
  /** Why what is stored cannot be used. */
  defect: string;
}

export class SnapshotDto {
  /** Who does not know it must not use the rest: what its members mean goes with it. */
  @ApiProperty({ type: 'integer', enum: [1] })
  format: 1;
  /** @example "staging" */
  environment: string;
  /** Its other names. */
  aliases: string[];
  /**
   * From the environment to its root.
   * @example ["staging","production"]
   */
  chain: string[];
  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;
  /** Digest of all but the revision: the same content has the same one. */
  etag: string;
  /** By key; archived flags are not in it. */
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ $ref: '#/components/schemas/SnapshotFlagDto' }, { $ref: '#/components/schemas/DefectiveFlagDto' }],
    },
  })
  flags: Record<string, SnapshotFlagDto | DefectiveFlagDto>;
  /** Those that the flags name, by key. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/SnapshotSegmentDto' } })
  segments: Record<string, SnapshotSegmentDto>;
}
