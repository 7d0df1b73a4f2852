import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { FLAG_FIELDS, type JsonValue, PROMOTION_MODES } from '@flagtree/engine';
import { ANY_JSON } from '../../platform/http/json/any-json.js';
import { EffectByDto, EffectDto } from '../../platform/http/management/parameters/dry-run.dto.js';
import { ONE_OR_MORE, TargetValuesDto } from '../request/promotion-request.dto.js';
import { PageDto } from '../../platform/http/management/stored.dto.js';

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

export class KeptFieldDto {
  environment: string;
  flag: string;
  @ApiProperty({ enum: FLAG_FIELDS })
  field: string;
  /** Of rules: they came together from several environments, and are one list of its own from now on. */
  endsLayering: boolean;
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
  /** Values that the targets get instead of the source's. */
  @ApiProperty({ type: TargetValuesDto })
  with: TargetValuesDto;
  /** The environments below the targets that do not follow; where `true` was asked for, those that this came to. */
  keep: string[];
  prune: boolean;
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
  @ApiProperty({ type: String, nullable: true })
  user: string | null;
  /** The public id of the token that did it. */
  @ApiProperty({ type: String, nullable: true })
  token: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  timestamp: string | null;
  /** What is written: as little as gives the targets the source's values. */
  @ApiProperty({ type: [FieldChangeDto] })
  changes: FieldChangeDto[];
  /** Every resolved value that changes, in the targets and below: the first 1,000. Of all lists here, too, the first 1,000 are shown. */
  @ApiProperty({ type: [EffectDto] })
  effect: EffectDto[];
  /** How many there are in all. */
  effectCount: number;
  /** Where not all are shown: how many are in each environment, and of each field. */
  effectBy?: EffectByDto;
  /** Where not all are shown: how to see the others. */
  more?: string;
  /** How many fields of overrides are written in all. */
  changeCount: number;
  /** How many items each of the other lists has in all, by its name. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' } })
  counts: Record<string, number>;
  /** Overrides of the source that give nothing any more. */
  @ApiProperty({ type: [RedundantFieldDto] })
  redundant: RedundantFieldDto[];
  /** What is written so that environments below do not follow. */
  @ApiProperty({ type: [KeptFieldDto] })
  kept: KeptFieldDto[];
  /** Flags that the source does not override, with mode `override` or `exact`: nothing was done about them. */
  skipped: string[];
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

export class PromotionPageDto extends PageDto {
  @ApiProperty({ type: [PromotionDto] })
  items: PromotionDto[];
}
