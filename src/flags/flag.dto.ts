import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import {
  type Bucketing,
  BUCKETINGS,
  FLAG_TYPES,
  type FlagMetadata,
  type FlagType,
  ON_MISSING_KEY,
  type OnMissingKey,
  type Prerequisite,
  type Rule,
  validateInstant,
  validateMetadata,
  validatePercentage,
  validatePrerequisites,
  validateRules,
  validateVariants,
  type Variant,
  MAX_NAME_LENGTH,
} from '@flagtree/engine';
import { EffectDto } from '../platform/http/management/parameters/dry-run.dto.js';
import { Keep, type KeepOption } from '../platform/http/management/parameters/keep.js';
import { MayBeAbsent, Satisfies } from '../platform/http/management/parameters/validation.js';
import { AtQuery, PageAtQuery } from '../history/at.dto.js';
import {
  EffectiveOverrideDto,
  FlagBaseDto,
  FlagColumnDto,
  FlagFieldsDto,
  OverrideRowDto,
  ResolvedDto,
} from './flag-in-environment.dto.js';
import { ConditionDto, PrerequisiteDto, RuleDto, VariantDto } from '../openapi/rule.dto.js';
import { EnvironmentName, EnvironmentNames } from '../platform/http/management/parameters/environment-name.js';
import {
  OptionalText,
  NullableText,
  Reason,
  DisplayName,
  Description,
  Key,
} from '../platform/http/management/parameters/texts.js';
import { Switch } from '../platform/http/management/parameters/query-switch.js';
import { PageDto } from '../platform/http/management/stored.dto.js';

const METADATA = {
  type: 'object' as const,
  additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  example: { team: 'checkout', ticket: 1234 },
};

/** The fields of a flag's base that can be edited; what is absent stays. */
@ApiExtraModels(RuleDto, ConditionDto, VariantDto, PrerequisiteDto, EffectDto)
export class FlagEditDto {
  @DisplayName('New checkout')
  name?: string;

  @Description()
  description?: string | null;

  /** Off: the off variant is served. */
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;

  /** Share of contexts, 0 to 100 with at most 3 decimals, that get the default when no rule matches. */
  @MayBeAbsent()
  @Satisfies(validatePercentage)
  @ApiProperty({ minimum: 0, maximum: 100, required: false, example: 100 })
  percentage?: number;

  /** Tried in order; the first that matches decides. */
  @MayBeAbsent()
  @Satisfies(validateRules)
  @ApiProperty({ type: () => [RuleDto], required: false })
  rules?: Rule[];

  @MayBeAbsent()
  @Satisfies(validateVariants)
  @ApiProperty({ type: () => [VariantDto], required: false })
  variants?: Variant[];

  /** Served when no rule matches; null: the caller's own default. */
  @NullableText({ min: 1, max: 255, example: 'on' })
  defaultVariant?: string | null;

  /** Served when the flag is off; null: the caller's own default. */
  @NullableText({ min: 1, max: 255, example: 'off' })
  offVariant?: string | null;

  /** The algorithm that places contexts in buckets. */
  @MayBeAbsent()
  @IsIn(BUCKETINGS)
  @ApiProperty({ enum: BUCKETINGS, required: false })
  bucketing?: Bucketing;

  /** What is hashed with the bucket key; null: the flag's key. A new salt deals all buckets anew. */
  @NullableText({ min: 1, max: 255 })
  salt?: string | null;

  /** Of a context without the key that a bucket needs: an error, or the flag is off for it. */
  @MayBeAbsent()
  @IsIn(ON_MISSING_KEY)
  @ApiProperty({ enum: ON_MISSING_KEY, required: false, default: 'error' })
  onMissingKey?: OnMissingKey;

  /** Flags that must serve one of these variants, in the same environment. */
  @MayBeAbsent()
  @Satisfies(validatePrerequisites)
  @ApiProperty({ type: () => [PrerequisiteDto], required: false })
  prerequisites?: Prerequisite[];

  @NullableText({ min: 1, max: MAX_NAME_LENGTH, example: 'team-checkout' })
  owner?: string | null;

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  tags?: string[];

  /** What every answer holds as flag metadata: a flat object of texts, numbers and truths, at most 4 KiB. Replaced as a whole. */
  @MayBeAbsent()
  @Satisfies(validateMetadata)
  @ApiPropertyOptional(METADATA)
  metadata?: FlagMetadata;

  /** Meant to stay: never reported as stale. */
  @MayBeAbsent()
  @IsBoolean()
  permanent?: boolean;

  /** When the flag should be gone (RFC 3339); null for never. */
  @MayBeAbsent()
  @Satisfies(validateInstant)
  @ApiProperty({ type: String, format: 'date-time', nullable: true, required: false })
  expiresAt?: string | null;

  @Reason()
  reason?: string;
}

/** An edit of the base. */
export class UpdateFlagDto extends FlagEditDto {
  @Keep()
  keep?: KeepOption;
}

export class CreateFlagDto extends FlagEditDto {
  /** The name in code; it never changes. */
  @Key('new-checkout-flow')
  key: string;

  /** What the values of its variants are; it never changes. */
  @MayBeAbsent()
  @IsIn(FLAG_TYPES)
  @ApiProperty({ enum: FLAG_TYPES, required: false, default: 'boolean' })
  type?: FlagType;
}

export class FlagQuery extends AtQuery {
  /** Resolve the flag in this environment. */
  @IsOptional()
  @EnvironmentName()
  env?: string;
}

export class FlagsQuery extends PageAtQuery {
  /** Part of the key, name or description. */
  @OptionalText({ max: 200 })
  search?: string;

  /** A tag that the flag has. */
  @OptionalText({ max: 100 })
  tag?: string;

  @OptionalText({ max: 200 })
  owner?: string;

  /** The archived flags instead of those in use. */
  @Switch()
  archived?: string;

  /** Resolve each flag in this environment. */
  @IsOptional()
  @EnvironmentName()
  env?: string;

  /** Resolve each flag in these environments (comma-separated slugs): the matrix. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @EnvironmentNames({ max: 100 })
  @ApiProperty({ type: String, required: false, example: 'production,staging' })
  envs?: string[];
}

/** A flag's base. With `env`, or after an edit that names an environment, the flag as it is there, with the base under `base`. */
export class FlagDto extends FlagFieldsDto {
  /** @example "ui.dark_mode" */
  key: string;
  name: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ enum: FLAG_TYPES })
  type: FlagType;
  @ApiProperty({ enum: BUCKETINGS })
  bucketing: Bucketing;
  @ApiProperty({ type: String, nullable: true })
  salt: string | null;
  /** What becomes of a context without the key that a bucket needs: an error, or the flag is off for it. */
  @ApiProperty({ enum: ON_MISSING_KEY })
  onMissingKey: OnMissingKey;
  @ApiProperty({ type: () => [PrerequisiteDto] })
  prerequisites: Prerequisite[];
  @ApiProperty({ type: String, nullable: true })
  owner: string | null;
  tags: string[];
  @ApiProperty(METADATA)
  metadata: FlagMetadata;
  permanent: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  archivedAt: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
  /** Of the base. */
  version: number;
  @ApiProperty({ format: 'uuid' })
  id: string;
  /** The revision at which this was read. */
  revision: number;
  /** Where the fields hold that an environment can override; absent: they are the base. */
  environment?: string;
  resolved?: ResolvedDto;
  @ApiProperty({ type: OverrideRowDto, nullable: true, required: false, description: "That environment's own override." })
  override?: OverrideRowDto | null;
  @ApiProperty({ type: EffectiveOverrideDto, nullable: true, required: false, description: 'The nearest override on its chain.' })
  effectiveOverride?: EffectiveOverrideDto | null;
  /** What holds where no environment says otherwise. */
  base?: FlagBaseDto;
  /** With `envs`: what holds in each of them. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { $ref: getSchemaPath(FlagColumnDto) } })
  environments?: Record<string, FlagColumnDto>;
}

export class FlagPageDto extends PageDto {
  items: FlagDto[];
}
