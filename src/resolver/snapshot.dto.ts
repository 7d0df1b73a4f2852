import { ApiProperty } from '@nestjs/swagger';
import {
  BUCKETINGS,
  type Bucketing,
  type Condition,
  FLAG_TYPES,
  type FlagType,
  type Prerequisite,
  type Rule,
  type Variant,
} from '../engine/types.js';

const LIST_OF_OBJECTS = { type: 'array', items: { type: 'object', additionalProperties: true } } as const;

export class SnapshotFlagDto {
  @ApiProperty({ enum: FLAG_TYPES })
  type: FlagType;
  @ApiProperty()
  enabled: boolean;
  @ApiProperty({ minimum: 0, maximum: 100 })
  percentage: number;
  @ApiProperty({ ...LIST_OF_OBJECTS, description: 'In the order in which they are tried.' })
  rules: Rule[];
  @ApiProperty(LIST_OF_OBJECTS)
  variants: Variant[];
  @ApiProperty({ type: String, nullable: true })
  defaultVariant: string | null;
  @ApiProperty({ type: String, nullable: true, description: "Null: off means the caller's own default." })
  offVariant: string | null;
  @ApiProperty({ enum: BUCKETINGS })
  bucketing: Bucketing;
  @ApiProperty({ description: 'What buckets are salted with.' })
  salt: string;
  @ApiProperty(LIST_OF_OBJECTS)
  prerequisites: Prerequisite[];
  @ApiProperty({ type: String, nullable: true, example: 'staging' })
  inheritedFrom: string | null;
}

export class SnapshotSegmentDto {
  @ApiProperty(LIST_OF_OBJECTS)
  conditions: Condition[];
}

export class SnapshotDto {
  @ApiProperty({ example: 'staging' })
  environment: string;
  @ApiProperty({ type: 'integer', example: 1204 })
  revision: number;
  @ApiProperty({ description: 'Digest of the content: the same content has the same one.' })
  etag: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/SnapshotFlagDto' },
    description: 'By key; archived flags are not in it.',
  })
  flags: Record<string, SnapshotFlagDto>;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/SnapshotSegmentDto' },
    description: 'Those that the flags name, by key.',
  })
  segments: Record<string, SnapshotSegmentDto>;
}
