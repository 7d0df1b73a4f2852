import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { PROMOTION_MODES, type PromotionMode } from '../engine/index.js';
import { type Defect, type EvaluationContext, FLAG_FIELDS, type FlagField, type JsonValue } from '../engine/types.js';
import { SLUG } from '../environments/environment.dto.js';
import { ANY_JSON } from '../platform/http/any-json.js';
import { EffectDto } from '../platform/http/dry-run.dto.js';
import { PageQuery } from '../platform/http/page.dto.js';
import { MayBeAbsent, Satisfies } from '../platform/http/validation.js';
import { contextDefect } from '../resolver/evaluation-context.js';

const SLUG_MESSAGE = '$property must be the slug of an environment';
const ONE_OR_MORE = { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };

export const DEPENDENCIES = ['block', 'include', 'ignore'] as const;

function validateTargets(value: unknown): Defect[] {
  const slugs: unknown[] = Array.isArray(value) ? value : [value];
  const isSound = slugs.length > 0 && slugs.length <= 100 && slugs.every((slug) => typeof slug === 'string' && SLUG.test(slug));
  if (isSound && new Set(slugs).size === slugs.length) return [];
  return [{ pointer: '', code: 'invalid-targets', detail: 'Name an environment by its slug, or list up to 100 different ones.' }];
}

function validateContexts(value: unknown): Defect[] {
  if (!Array.isArray(value) || value.length > 100)
    return [{ pointer: '', code: 'wrong-type', detail: 'Contexts are a list of at most 100.' }];
  return value.flatMap((context: unknown, index) => {
    const defect = contextDefect(context);
    return defect ? [{ ...defect, pointer: `/${String(index)}${defect.pointer}` }] : [];
  });
}

export class PromoteDto {
  /** The environment to promote from. */
  @IsString()
  @Matches(SLUG, { message: SLUG_MESSAGE })
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

  /** `override`: what the source itself overrides; `resolved`: all that it gives, wherever that comes from. */
  @MayBeAbsent()
  @IsIn(PROMOTION_MODES)
  @ApiProperty({ enum: PROMOTION_MODES, required: false, default: 'override' })
  mode?: PromotionMode;

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

  /** The `plan.id` of a dry run: refused (409) when what it would do is no longer the same. */
  @MayBeAbsent()
  @IsString()
  @Matches(/^plan-\d{1,15}-[0-9a-f]{64}$/, { message: '$property must be the plan.id of a dry run' })
  plan?: string;

  /** Plan only: nothing is changed. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;

  /** Why; kept with the promotion, the overrides that it writes, and the audit log. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  reason?: string;
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

export class RevertDto {
  /** Where somebody has changed a field since: leave that field as it is, and take back the others. */
  @MayBeAbsent()
  @IsBoolean()
  withoutConflicts?: boolean;

  /** The `plan.id` of a dry run. */
  @MayBeAbsent()
  @IsString()
  @Matches(/^plan-\d{1,15}-[0-9a-f]{64}$/, { message: '$property must be the plan.id of a dry run' })
  plan?: string;

  /** Plan only: nothing is changed. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;

  /** Why. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  reason?: string;
}

export class PromotionsQuery extends PageQuery {
  /** The key of a flag. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  flag?: string;

  /** The slug of the source or a target. */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  environment?: string;

  /** Who did it, as `user` names it. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  actor?: string;

  @IsOptional()
  @IsIn(['promotion', 'revert'])
  kind?: 'promotion' | 'revert';

  /** Not before this instant (RFC 3339). */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  /** Before this instant (RFC 3339). */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

export class PlanIdDto {
  /** Send it with the promotion to do exactly what was planned, or nothing. */
  id: string;
  /** The revision of which it was made. */
  revision: number;
  /** SHA-256 of what it does, in hex. */
  hash: string;
}

export class FieldChangeDto {
  environment: string;
  flag: string;
  @ApiProperty({ enum: FLAG_FIELDS })
  field: string;
  /** `clear`: it inherits from now on. */
  @ApiProperty({ enum: ['set', 'clear'] })
  action: string;
  /** The override's own value, null: it inherits. Rules are `{ mode, rules }`. */
  @ApiProperty(ANY_JSON)
  before: JsonValue;
  @ApiProperty(ANY_JSON)
  after: JsonValue;
}

export class RedundantFieldDto {
  environment: string;
  flag: string;
  field: string;
  /** Whether it was removed. */
  pruned: boolean;
}

export class DependencyDto {
  environment: string;
  flag: string;
  @ApiProperty({ enum: ['prerequisite', 'segment'] })
  kind: string;
  key: string;
  @ApiProperty({ enum: ['same', 'included', 'differs', 'missing'] })
  state: string;
  /** The fields in which a prerequisite differs. */
  fields: string[];
}

export class ServedDto {
  @ApiProperty({ type: String, nullable: true })
  variant: string | null;
  reason: string;
  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;
}

export class CheckOutcomeDto {
  environment: string;
  flag: string;
  /** The name of a saved check, or `context 1`, … of those that were sent. */
  check: string;
  @ApiProperty({ type: String, nullable: true })
  expected: string | null;
  @ApiProperty({ type: ServedDto })
  before: ServedDto;
  @ApiProperty({ type: ServedDto })
  after: ServedDto;
  /** What decides after: the id of a rule, `default` or `off`; null on an error. */
  @ApiProperty({ type: String, nullable: true })
  branch: string | null;
  /** Null for a context, of which nothing is expected. */
  @ApiProperty({ type: Boolean, nullable: true })
  holds: boolean | null;
  @ApiProperty({ type: Boolean, nullable: true })
  held: boolean | null;
}

export class BranchDto {
  environment: string;
  flag: string;
  /** The id of a rule, `default`, or `off`. */
  branch: string;
  /** The checks and contexts that reach it; empty: nobody has tried it. */
  reachedBy: string[];
}

export class GateDto {
  /** @example "checks" */
  gate: string;
  @ApiProperty({ enum: ['passed', 'failed', 'waiting'] })
  state: string;
  @ApiProperty({ type: String, nullable: true })
  environment: string | null;
  /** The pipeline that asks for it; null: every promotion must meet it. */
  @ApiProperty({ type: String, nullable: true })
  pipeline: string | null;
  /** Why, and what to do next. */
  reason: string;
}

export class RevertConflictDto {
  environment: string;
  flag: string;
  field: string;
  @ApiProperty(ANY_JSON)
  promoted: JsonValue;
  @ApiProperty(ANY_JSON)
  current: JsonValue;
  detail: string;
}

/** A promotion: planned (`dryRun`) or done. */
@ApiExtraModels(EffectDto)
export class PromotionDto {
  /** Of the promotion; of a dry run, its plan's. */
  id: string;
  dryRun: boolean;
  /** What was done, or what a dry run would come to. */
  @ApiProperty({ enum: ['applied', 'no-op', 'blocked'] })
  result: string;
  /** The revision that it made; where it made none, the current one. */
  revision: number;
  @ApiProperty({ type: PlanIdDto })
  plan: PlanIdDto;
  @ApiProperty({ enum: ['promotion', 'revert'] })
  kind: string;
  /** The promotion that a revert takes back. */
  @ApiProperty({ type: String, nullable: true })
  reverts: string | null;
  /** The last revert of this promotion. */
  @ApiProperty({ type: String, nullable: true })
  revertedBy: string | null;
  from: string;
  /** One slug, or several. */
  @ApiProperty(ONE_OR_MORE)
  to: string | string[];
  flags: string[];
  fields: string[];
  @ApiProperty({ enum: PROMOTION_MODES })
  mode: string;
  prune: boolean;
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
  @ApiProperty({ type: String, nullable: true })
  user: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  timestamp: string | null;
  /** What is written: as little as gives the targets the source's values. */
  @ApiProperty({ type: [FieldChangeDto] })
  changes: FieldChangeDto[];
  /** Every resolved value that changes, in the targets and below. The record of a promotion keeps the first 1,000. */
  @ApiProperty({ type: [EffectDto] })
  effect: EffectDto[];
  effectTotal: number;
  /** Overrides of the source that give nothing any more. */
  @ApiProperty({ type: [RedundantFieldDto] })
  redundant: RedundantFieldDto[];
  @ApiProperty({ type: [DependencyDto] })
  dependencies: DependencyDto[];
  /** The saved checks and the contexts that were sent: what they get before and after. */
  @ApiProperty({ type: [CheckOutcomeDto] })
  checks: CheckOutcomeDto[];
  /** Every way to a value in the targets, and what has tried it. */
  @ApiProperty({ type: [BranchDto] })
  branches: BranchDto[];
  @ApiProperty({ type: [GateDto] })
  gates: GateDto[];
  /** Of a revert: fields that were changed since. */
  @ApiProperty({ type: [RevertConflictDto] })
  conflicts: RevertConflictDto[];
}

export class PromotionPageDto {
  @ApiProperty({ type: [PromotionDto] })
  items: PromotionDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
