import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Length } from 'class-validator';
import {
  type Rule,
  RULES_MODES,
  type RulesMode,
  validatePercentage,
  validateRules,
  validateVariants,
  type Variant,
} from '@flagtree/engine';
import { OverrideRowDto } from '../flags/flag-in-environment.dto.js';
import { RuleDto, VariantDto } from '../openapi/rule.dto.js';
import { Keep, type KeepOption } from '../platform/http/management/parameters/keep.js';
import { MayBeAbsent, MayBeNull, Satisfies } from '../platform/http/management/parameters/validation.js';
import { EnvironmentName } from '../platform/http/management/parameters/environment-name.js';
import { NullableText } from '../platform/http/management/parameters/texts.js';
import { PageDto } from '../platform/http/management/stored.dto.js';

const INHERITS = 'Null: inherit.';

/** Values of a flag in one environment. */
@ApiExtraModels(RuleDto, VariantDto)
export class OverrideValuesDto {
  @MayBeNull()
  @IsBoolean()
  @ApiProperty({ type: Boolean, nullable: true, required: false, description: INHERITS })
  enabled?: boolean | null;

  @MayBeNull()
  @Satisfies(validatePercentage)
  @ApiProperty({ type: Number, minimum: 0, maximum: 100, nullable: true, required: false, description: INHERITS })
  percentage?: number | null;

  @MayBeNull()
  @Satisfies(validateRules)
  @ApiProperty({
    type: () => [RuleDto],
    nullable: true,
    required: false,
    description: 'Null: inherit. An empty list with mode replace: no rules here.',
  })
  rules?: Rule[] | null;

  /** Whether the rules replace the inherited ones, or stand before or after them. */
  @MayBeAbsent()
  @IsIn(RULES_MODES)
  @ApiProperty({ enum: RULES_MODES, required: false, default: 'replace' })
  rulesMode?: RulesMode;

  @MayBeNull()
  @Satisfies(validateVariants)
  @ApiProperty({
    type: () => [VariantDto],
    nullable: true,
    required: false,
    description: `All variants, not only those that differ. ${INHERITS}`,
  })
  variants?: Variant[] | null;

  @MayBeNull()
  @IsString()
  @Length(1, 255)
  @ApiProperty({ type: String, nullable: true, required: false, description: INHERITS })
  defaultVariant?: string | null;

  @MayBeNull()
  @IsString()
  @Length(1, 255)
  @ApiProperty({ type: String, nullable: true, required: false, description: INHERITS })
  offVariant?: string | null;
}

/** What an environment has differently. In a PATCH an absent field stays; in a PUT it inherits. */
export class OverrideDto extends OverrideValuesDto {
  /** Why this environment differs; kept with the override and in the audit log. */
  @NullableText({ max: 2_000, example: 'beta test' })
  reason?: string | null;
}

/** An edit of one override. */
export class OverrideEditDto extends OverrideDto {
  @Keep()
  keep?: KeepOption;
}

/** An edit of a flag in one environment. */
export class OverrideInDto extends OverrideEditDto {
  /** The environment whose override this edits. */
  @EnvironmentName()
  @ApiProperty({ example: 'staging' })
  environment: string;
}

/** An override as it is stored: null means inherit. */
export class EnvironmentFlagDto extends OverrideRowDto {
  /** @example "staging" */
  environment: string;
  /** @example "ui.dark_mode" */
  flag: string;
  /** The revision at which this was read. */
  revision: number;
}

export class EnvironmentFlagPageDto extends PageDto {
  items: EnvironmentFlagDto[];
}
