import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { FLAG_FIELDS, type FlagField } from '@flagtree/engine';
import { OverrideDto } from '../environment-flags/environment-flag.dto.js';
import { Keep, type KeepOption } from '../platform/http/management/parameters/keep.js';
import { MayBeAbsent } from '../platform/http/management/parameters/validation.js';
import { EnvironmentName, EnvironmentNames } from '../platform/http/management/parameters/environment-name.js';
import { OptionalText } from '../platform/http/management/parameters/texts.js';
import {
  ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, Length, ValidateNested,
} from 'class-validator'; // prettier-ignore

export const BULK_OPERATIONS = ['enable', 'disable', 'set', 'clear', 'copy'] as const;
export type BulkOperation = (typeof BULK_OPERATIONS)[number];

export const COPY_MODES = ['override', 'resolved'] as const;
export type CopyMode = (typeof COPY_MODES)[number];

export class CopyPairDto {
  @EnvironmentName()
  @ApiProperty({ example: 'eu-staging' })
  from: string;
  @EnvironmentName()
  @ApiProperty({ example: 'us-staging' })
  to: string;
}

/** One operation for many flags in many environments: it writes their overrides, never a base. */
export class BulkDto {
  /** `set` writes the fields of `set`; `clear` lets fields inherit again; `copy` takes over what another environment has. */
  @IsIn(BULK_OPERATIONS)
  @ApiProperty({ enum: BULK_OPERATIONS })
  operation: BulkOperation;

  /** Keys, or patterns in which `*` stands for any text. */
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(5_000)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 255, { each: true })
  @ApiProperty({ type: [String], required: false, example: ['ui.*', 'new-checkout-flow'] })
  flags?: string[];

  /** Only flags with one of these tags. */
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  @ApiProperty({ type: [String], required: false, example: ['checkout'] })
  tags?: string[];

  /** The environments to write. */
  @MayBeAbsent()
  @ArrayNotEmpty()
  @EnvironmentNames({ max: 200 })
  @ApiProperty({ type: [String], required: false, example: ['staging'] })
  environments?: string[];

  /** Write what is below these environments too. */
  @MayBeAbsent()
  @IsBoolean()
  subtree?: boolean;

  /** For `set`: null inherits, what is absent stays. */
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => OverrideDto)
  set?: OverrideDto;

  /** For `clear` and `copy`: these fields alone; absent: the whole override. */
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(FLAG_FIELDS, { each: true })
  @ApiProperty({ enum: FLAG_FIELDS, isArray: true, required: false })
  fields?: FlagField[];

  /** For `copy`: the environment to copy from, into each of `environments`. */
  @MayBeAbsent()
  @EnvironmentName()
  @ApiProperty({ type: String, required: false, example: 'staging' })
  from?: string;

  /** For `copy`, instead of `from` and `environments`: what to copy where, such as one subtree onto another. */
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => CopyPairDto)
  pairs?: CopyPairDto[];

  /** For `copy`: the source's own overrides, so that the target overrides exactly what the source does; or its resolved values, by the smallest overrides. */
  @MayBeAbsent()
  @IsIn(COPY_MODES)
  @ApiProperty({ enum: COPY_MODES, required: false, default: 'override' })
  mode?: CopyMode;

  /** True: all or nothing. False: what cannot be done is refused by itself, the rest is done. Either way at most one revision. */
  @MayBeAbsent()
  @IsBoolean()
  @ApiProperty({ type: Boolean, required: false, default: true })
  atomic?: boolean;

  /** As the query parameter. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;

  @Keep()
  keep?: KeepOption;

  /** Why: for the audit log, and kept with each override that is made or changed. */
  @OptionalText({ max: 2_000 })
  reason?: string;
}

export class BulkItemDto {
  flag: string;
  environment: string;
  @ApiProperty({ enum: ['changed', 'unchanged', 'refused'] })
  outcome: 'changed' | 'unchanged' | 'refused';
  /** Why it was refused. */
  code?: string;
  detail?: string;
}

export class BulkResultDto {
  /** The revision that holds the changes; the current one when nothing changed. */
  revision: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** By environment, then by flag: the first 1,000; where there are more, what was refused comes first. */
  items: BulkItemDto[];
  /** Where not all are shown: how to see the others. */
  more?: string;
}
