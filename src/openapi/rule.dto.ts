import { ApiProperty } from '@nestjs/swagger';
import { type JsonValue, OPERATORS, PERCENTAGE_WEIGHT, type Weight } from '@flagtree/engine';
import { ANY_JSON } from '../platform/http/json/any-json.js';

const WEIGHT = {
  oneOf: [
    { type: 'integer', minimum: 0, maximum: 2147483647 },
    { type: 'string', pattern: PERCENTAGE_WEIGHT.source },
  ],
  example: '33.3 %',
};
const ONE_KIND = 'A split has whole numbers, in proportion to their sum, or percentages that are exactly 100 together.';

/** One value that a flag can have. */
export class VariantDto {
  /** @example "on" */
  key: string;
  @ApiProperty({ ...ANY_JSON, description: 'A value of the type of the flag.', example: true })
  value: JsonValue;
  @ApiProperty({ ...WEIGHT, required: false, description: `The share of this variant in the default split. ${ONE_KIND}` })
  weight?: Weight;
  description?: string;
}

export class WeightedVariantDto {
  variant: string;
  @ApiProperty({ ...WEIGHT, description: `The share of the variant. ${ONE_KIND}` })
  weight: Weight;
}

/** One of: attribute and operator; segment; all; any; not; jsonLogic. */
export class ConditionDto {
  /** Dotted path, or JSON Pointer (`/user/plan.name`), into the context; `$now` is the moment of the evaluation. */
  @ApiProperty({ required: false, example: 'user.plan' })
  attribute?: string;
  @ApiProperty({ enum: OPERATORS, required: false, example: 'in' })
  operator?: (typeof OPERATORS)[number];
  @ApiProperty({ type: 'array', items: ANY_JSON, required: false, example: ['beta'] })
  values?: JsonValue[];
  /** The opposite; a missing attribute still matches nothing. */
  negate?: boolean;
  /** Compares text without regard to case. */
  ignoreCase?: boolean;
  /** Of versions: also with a `v` before them and white space around them; else strictly SemVer 2.0. */
  lenient?: boolean;
  /** The key of a segment whose conditions must hold. */
  segment?: string;
  @ApiProperty({ type: 'array', items: { $ref: '#/components/schemas/ConditionDto' }, required: false })
  all?: object[];
  @ApiProperty({ type: 'array', items: { $ref: '#/components/schemas/ConditionDto' }, required: false })
  any?: object[];
  @ApiProperty({ allOf: [{ $ref: '#/components/schemas/ConditionDto' }], required: false })
  not?: object;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: "An expression in flagd's targeting language, of which the truth counts.",
    example: { starts_with: [{ var: 'email' }, 'qa-'] },
  })
  jsonLogic?: object;
}

/** Either `variant`, or `split` with an optional `bucketBy`. */
export class ServeDto {
  /** @example "on" */
  variant?: string;
  @ApiProperty({ type: () => [WeightedVariantDto], required: false })
  split?: WeightedVariantDto[];
  /** The attribute whose value decides the bucket; the targeting key by default. */
  bucketBy?: string;
}

/** Either `conditions` and `serve`, with an optional `percentage`, or `targeting` alone. */
export class RuleDto {
  /** Stable: kept when the rule is edited or promoted. */
  @ApiProperty({ example: 'beta' })
  id: string;
  name?: string;
  /** False: the rule is skipped. */
  enabled?: boolean;
  /** All of them must hold; without any the rule holds always. */
  @ApiProperty({ type: () => [ConditionDto], required: false })
  conditions?: ConditionDto[];
  /** 0 to 100 with at most 3 decimals: the share of matching contexts that the rule takes. */
  @ApiProperty({ minimum: 0, maximum: 100, required: false })
  percentage?: number;
  @ApiProperty({ type: () => ServeDto, required: false })
  serve?: ServeDto;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: "An expression in flagd's targeting language: the key of a variant, or null for the next rule.",
    example: { if: [{ sem_ver: [{ var: 'version' }, '>=', '2.0.0'] }, 'on', null] },
  })
  targeting?: object;
}

export class PrerequisiteDto {
  /** The key of another flag. */
  flag: string;
  /** One of these it must serve, in the same environment. */
  variants: string[];
}
