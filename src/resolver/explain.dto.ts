import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import type { EvaluationContext } from '../engine/types.js';
import { SLUG } from '../environments/environment.dto.js';
import { Satisfies } from '../platform/http/validation.js';
import { contextDefect } from './evaluation-context.js';

export class ExplainRequestDto {
  @ApiProperty({ description: 'The environment to look from, by slug.', example: 'staging' })
  @IsString()
  @Matches(SLUG, { message: '$property must be the slug of an environment' })
  environment: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The evaluation context; may be empty.',
    example: { targetingKey: 'user-123' },
  })
  @Satisfies((context) => {
    const defect = contextDefect(context);
    return defect ? [defect] : [];
  })
  context: EvaluationContext;
}

/** Every step from the request to the value, as the evaluator took it. */
export class ExplanationDto {
  @ApiProperty({ example: 'new-checkout-flow' })
  flag: string;

  @ApiProperty({ example: 'development' })
  environment: string;

  @ApiProperty({ type: [String], example: ['development', 'staging', 'production'] })
  chain: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The ancestor whose override makes the flag what it is here.',
    example: 'staging',
  })
  inheritedFrom: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    nullable: true,
    description: 'Every resolved field with its source; null when the flag is archived.',
  })
  fields: object | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Where each rule comes from, in the order of the rules.',
  })
  ruleSources: object[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the stored flag cannot be used; the steps are then those of the last good one.',
  })
  defect: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What evaluation answers for this context.' })
  evaluation: object;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'In the order in which they were taken.',
  })
  steps: object[];
}
