import { ApiProperty } from '@nestjs/swagger';
import { contextDefect, type EvaluationContext } from '@flagtree/engine';
import { AT } from '../../history/at.dto.js';
import { validateMoment } from '../../history/moment.js';
import { MayBeAbsent, Satisfies } from '../../platform/http/management/parameters/validation.js';
import { EnvironmentName } from '../../platform/http/management/parameters/environment-name.js';

export class ExplainRequestDto {
  /** The environment to look from, by slug. */
  @ApiProperty({ example: 'staging' })
  @EnvironmentName()
  environment: string;

  /** The evaluation context; may be empty. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { targetingKey: 'user-123' } })
  @Satisfies((context) => {
    const defect = contextDefect(context);
    return defect ? [defect] : [];
  })
  context: EvaluationContext;

  @MayBeAbsent()
  @Satisfies(validateMoment)
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'integer' }],
    required: false,
    description: AT.description,
    example: '2026-11-20T12:00:00Z',
  })
  at?: string | number;
}

/** Every step from the request to the value, as the evaluator took it. */
export class ExplanationDto {
  /** @example "new-checkout-flow" */
  flag: string;
  /** @example "development" */
  environment: string;
  @ApiProperty({ type: [String], example: ['development', 'staging', 'production'] })
  chain: string[];
  /** The ancestor whose override makes the flag what it is here. */
  @ApiProperty({ type: String, nullable: true, example: 'staging' })
  inheritedFrom: string | null;
  /** Every resolved field with its source; null when the flag is archived. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'object', additionalProperties: true }, nullable: true })
  fields: object | null;
  /** Where each rule comes from, in the order of the rules. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  ruleSources: object[];
  /** Why the stored flag cannot be used; the steps are then those of the last good one. */
  @ApiProperty({ type: String, nullable: true })
  defect: string | null;
  /** What evaluation answers for this context. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  evaluation: object;
  /** In the order in which they were taken. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  steps: object[];
}
