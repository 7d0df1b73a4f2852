import { ApiProperty } from '@nestjs/swagger';
import { type JsonValue, type Rule, RULES_MODES, type RulesMode, type Variant } from '@flagtree/engine';
import { ANY_JSON } from '../platform/http/json/any-json.js';
import { RuleDto, VariantDto } from '../openapi/rule.dto.js';
import { StoredDto } from '../platform/http/management/stored.dto.js';

/** What an environment can override. */
export class FlagFieldsDto {
  enabled: boolean;
  percentage: number;
  @ApiProperty({ type: () => [RuleDto] })
  rules: Rule[];
  @ApiProperty({ type: () => [VariantDto] })
  variants: Variant[];
  @ApiProperty({ type: String, nullable: true })
  defaultVariant: string | null;
  @ApiProperty({ type: String, nullable: true })
  offVariant: string | null;
}

/** What holds where no environment says otherwise. */
export class FlagBaseDto extends FlagFieldsDto {
  version: number;
}

/** What one environment itself has differently; null in a field: it inherits. */
export class OverrideRowDto extends StoredDto {
  @ApiProperty({ type: Boolean, nullable: true })
  enabled: boolean | null;
  @ApiProperty({ type: Number, nullable: true })
  percentage: number | null;
  @ApiProperty({ type: () => [RuleDto], nullable: true })
  rules: Rule[] | null;
  @ApiProperty({ enum: RULES_MODES })
  rulesMode: RulesMode;
  @ApiProperty({ type: () => [VariantDto], nullable: true })
  variants: Variant[] | null;
  @ApiProperty({ type: String, nullable: true })
  defaultVariant: string | null;
  @ApiProperty({ type: String, nullable: true })
  offVariant: string | null;
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
}

export class EffectiveOverrideDto extends OverrideRowDto {
  /** Whose override it is. */
  environment: string;
}

export class SourceDto {
  @ApiProperty({ enum: ['flag', 'environment'] })
  kind: 'flag' | 'environment';
  /** Of the environment that the value comes from. */
  slug?: string;
}

export class ResolvedFieldDto {
  @ApiProperty({ ...ANY_JSON, description: 'The value that holds.' })
  value: JsonValue;
  @ApiProperty({ type: SourceDto })
  source: SourceDto;
  @ApiProperty({ enum: ['inherited', 'overridden', 'overridden-equal'] })
  state: string;
}

export class ResolvedRulesDto extends ResolvedFieldDto {
  /** Where each rule comes from, in the order of the rules. */
  @ApiProperty({ type: [SourceDto] })
  sources: SourceDto[];
}

/** Every field that an environment can override: its value there, where it comes from, and whether it is overridden there. */
export class ResolvedDto {
  enabled: ResolvedFieldDto;
  percentage: ResolvedFieldDto;
  rules: ResolvedRulesDto;
  variants: ResolvedFieldDto;
  defaultVariant: ResolvedFieldDto;
  offVariant: ResolvedFieldDto;
}

/** What holds in one environment, and why. */
export class FlagColumnDto extends FlagFieldsDto {
  resolved: ResolvedDto;
}

export class UnresolvedDto {
  @ApiProperty({ example: 'environment-cycle' })
  code: string;
  detail: string;
}

/** A flag in one environment. Where the tree has a cycle there are no values: `error` says so. */
export class FlagEnvironmentDto {
  /** @example "staging" */
  environment: string;
  enabled?: boolean;
  percentage?: number;
  @ApiProperty({ type: () => [RuleDto], required: false })
  rules?: Rule[];
  @ApiProperty({ type: () => [VariantDto], required: false })
  variants?: Variant[];
  @ApiProperty({ type: String, nullable: true, required: false })
  defaultVariant?: string | null;
  @ApiProperty({ type: String, nullable: true, required: false })
  offVariant?: string | null;
  resolved?: ResolvedDto;
  @ApiProperty({ type: OverrideRowDto, nullable: true, description: "This environment's own override." })
  override: OverrideRowDto | null;
  @ApiProperty({ type: EffectiveOverrideDto, nullable: true, required: false, description: 'The nearest override on its chain.' })
  effectiveOverride?: EffectiveOverrideDto | null;
  error?: UnresolvedDto;
}

/** One flag in every environment, by slug. */
export class FlagEnvironmentsDto {
  /** @example "ui.dark_mode" */
  key: string;
  base: FlagBaseDto;
  items: FlagEnvironmentDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
  /** The revision at which this was read. */
  revision: number;
}
