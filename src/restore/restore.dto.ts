import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches } from 'class-validator';
import { FLAG_KEY } from '@flagtree/engine';
import { AT } from '../history/at.dto.js';
import { validateMoment } from '../history/moment.js';
import { EffectByDto, EffectDto } from '../platform/http/management/parameters/dry-run.dto.js';
import { MayBeAbsent, Satisfies } from '../platform/http/management/parameters/validation.js';
import { EnvironmentName } from '../platform/http/management/parameters/environment-name.js';
import { OptionalText } from '../platform/http/management/parameters/texts.js';

/** Name a flag, an environment or a subtree; a flag together with an environment or a subtree means its overrides there. */
export class RestoreRequestDto {
  /** The flag to restore: its base and every override, or only those in `environment` or `subtree`. */
  @MayBeAbsent()
  @IsString()
  @Matches(FLAG_KEY, { message: '$property must be the key of a flag' })
  @ApiProperty({ required: false, example: 'ui.dark_mode' })
  flag?: string;

  /** The environment whose overrides to restore. */
  @MayBeAbsent()
  @EnvironmentName()
  @ApiProperty({ required: false, example: 'staging' })
  environment?: string;

  /** The environment whose overrides to restore, and those of all environments below it. */
  @MayBeAbsent()
  @EnvironmentName()
  @ApiProperty({ required: false, example: 'staging' })
  subtree?: string;

  @Satisfies(validateMoment)
  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'integer' }], description: AT.description, example: 1204 })
  at: string | number;

  /** Why, for the audit log; by default what was restored. */
  @OptionalText({ max: 2_000 })
  reason?: string;

  /** As `?dryRun=true`. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;
}

export class RestoredRowDto {
  /** Null: the flag's base. */
  @ApiProperty({ type: String, nullable: true, example: 'staging' })
  environment: string | null;
  /** @example "ui.dark_mode" */
  flag: string;
  @ApiProperty({ enum: ['created', 'updated', 'deleted', 'archived', 'restored'] })
  action: string;
}

/** Something that is not as it was then, and stays so. */
export class LeftDto {
  @ApiProperty({ type: String, nullable: true })
  environment: string | null;
  @ApiProperty({ type: String, nullable: true })
  flag: string | null;
  @ApiProperty({ type: String, nullable: true })
  segment: string | null;
  /** @example "environment-gone" */
  code: string;
  /** For people. */
  detail: string;
}

export class RestorationDto {
  /** The revision of the restore; the current one when nothing had to change. */
  @ApiProperty({ type: 'integer', example: 1301 })
  revision: number;
  /** The revision that was gone back to. */
  @ApiProperty({ type: 'integer', example: 1204 })
  restoredTo: number;
  /** Every row that was written. */
  @ApiProperty({ type: [RestoredRowDto] })
  changes: RestoredRowDto[];
  /** What could not be put back, or was left alone because it did not exist then. */
  @ApiProperty({ type: [LeftDto] })
  left: LeftDto[];
  /** Every resolved value that changed, descendants included: the first 1,000. */
  @ApiProperty({ type: [EffectDto] })
  effect: EffectDto[];
  /** How many there are in all. */
  @ApiProperty({ type: 'integer', example: 1 })
  effectCount: number;
  /** Where not all are shown: how many are in each environment, and of each field. */
  effectBy?: EffectByDto;
  /** Where not all are shown: how to see the others. */
  more?: string;
}
