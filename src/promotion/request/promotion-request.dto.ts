import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import {
  contextDefect,
  type Defect,
  ENVIRONMENT_NAME,
  type EvaluationContext,
  FLAG_FIELDS,
  type FlagField,
  PROMOTION_MODES,
  type PromotionMode,
} from '@flagtree/engine';
import { HistoryQuery } from '../../audit/log/history-query.dto.js';
import { OverrideValuesDto } from '../../environment-flags/environment-flag.dto.js';
import { MayBeAbsent, Satisfies } from '../../platform/http/management/parameters/validation.js';
import { EnvironmentName } from '../../platform/http/management/parameters/environment-name.js';
import { OptionalText } from '../../platform/http/management/parameters/texts.js';

export const ONE_OR_MORE = { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };

export const DEPENDENCIES = ['block', 'include', 'ignore'] as const;

function validateTargets(value: unknown): Defect[] {
  const slugs: unknown[] = Array.isArray(value) ? value : [value];
  const isSound =
    slugs.length > 0 && slugs.length <= 100 && slugs.every((slug) => typeof slug === 'string' && ENVIRONMENT_NAME.test(slug));
  if (isSound && new Set(slugs).size === slugs.length) return [];
  return [{ pointer: '', code: 'invalid-targets', detail: 'Name an environment, or list up to 100 different ones.' }];
}

const KEEP = {
  oneOf: [{ type: 'boolean' }, { type: 'array', items: { type: 'string' }, maxItems: 1_000 }],
  example: ['staging'],
};

function validateKeep(value: unknown): Defect[] {
  const isSound = Array.isArray(value) && value.length <= 1_000 && value.every((name) => typeof name === 'string');
  if (typeof value === 'boolean' || isSound) return [];
  const detail =
    'Say true, for the topmost environments that would change, or list up to 1,000 environments that must not follow.';
  return [{ pointer: '', code: 'invalid-keep', detail }];
}

function validateContexts(value: unknown): Defect[] {
  if (!Array.isArray(value) || value.length > 100)
    return [{ pointer: '', code: 'wrong-type', detail: 'Contexts are a list of at most 100.' }];
  return value.flatMap((context: unknown, index) => {
    const defect = contextDefect(context);
    return defect ? [{ ...defect, pointer: `/${String(index)}${defect.pointer}` }] : [];
  });
}

export class TargetValuesDto extends OverrideValuesDto {}

/** What goes by a plan: a promotion, or taking one back. */
class PlannedDto {
  /** The `plan.id` of a dry run: refused (409) when what it would do is no longer the same. */
  @MayBeAbsent()
  @IsString()
  @Matches(/^plan-\d{1,15}(?:\.[0-9a-f]{6})?-[0-9a-f]{64}$/, { message: '$property must be the plan.id of a dry run' })
  plan?: string;

  /** Plan only: nothing is changed. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;

  /** Why; kept with the promotion, the overrides that it writes, and the audit log. */
  @OptionalText({ max: 2_000 })
  reason?: string;
}

export class PromoteDto extends PlannedDto {
  /** The environment to promote from. */
  @EnvironmentName()
  @ApiProperty({ example: 'staging' })
  from: string;

  /** The environment to promote to, or several. */
  @Satisfies(validateTargets)
  @ApiProperty({ ...ONE_OR_MORE, example: 'production' })
  to: string | string[];

  /** Which fields; without it all of them. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(FLAG_FIELDS, { each: true })
  @ApiProperty({ enum: FLAG_FIELDS, isArray: true, required: false })
  fields?: FlagField[];

  /**
   * `resolved`: all that the source gives, wherever that comes from, so that the two do not differ afterwards. `override`: only the fields
   * that the source itself overrides. `exact`: the source's override as it is, with what it leaves to inheritance.
   */
  @MayBeAbsent()
  @IsIn(PROMOTION_MODES)
  @ApiProperty({ enum: PROMOTION_MODES, required: false, default: 'resolved' })
  mode?: PromotionMode;

  /** Values that each target gets instead of the source's, whether or not `fields` names them. Null: inherit. */
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => TargetValuesDto)
  with?: TargetValuesDto;

  /**
   * Environments below a target that must not follow: each gets what it resolves to now, as an override of its own, in the same revision.
   * True: the topmost ones that would change.
   */
  @MayBeAbsent()
  @Satisfies(validateKeep)
  @ApiProperty({ ...KEEP, required: false })
  keep?: string[] | boolean;

  /** Remove overrides of the source that it would now inherit anyway. */
  @MayBeAbsent()
  @IsBoolean()
  prune?: boolean;

  /** What happens with a prerequisite that the target has differently: it blocks, it is promoted, too, or it is only told. */
  @MayBeAbsent()
  @IsIn(DEPENDENCIES)
  @ApiProperty({ enum: DEPENDENCIES, required: false, default: 'block' })
  dependencies?: (typeof DEPENDENCIES)[number];

  /** Contexts to try, besides the saved checks: what each gets before and after. */
  @MayBeAbsent()
  @Satisfies(validateContexts)
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    required: false,
    example: [{ targetingKey: 'user-1', plan: 'beta' }],
  })
  contexts?: EvaluationContext[];
}

export class PromoteManyDto extends PromoteDto {
  /** Keys, or patterns such as `ui.*`. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 255, { each: true })
  flags?: string[];

  /** Flags with any of these tags. With `flags`, both must fit. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  tags?: string[];
}

export class RevertDto extends PlannedDto {
  /** Where somebody has changed a field since: leave that field as it is, and take back the others. */
  @MayBeAbsent()
  @IsBoolean()
  withoutConflicts?: boolean;
}

export class PromotionsQuery extends HistoryQuery {
  @IsOptional()
  @IsIn(['promotion', 'revert'])
  kind?: 'promotion' | 'revert';
}
