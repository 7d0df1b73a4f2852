import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import type { EvaluationContext } from '../engine/types.js';
import { Satisfies } from '../platform/http/validation.js';
import { contextDefect } from './evaluation-context.js';

export class ExplainRequestDto {
  @ApiProperty({ description: 'The environment to look from, by slug.', example: 'staging' })
  @IsString()
  @Matches(/^[a-z0-9][a-z0-9_-]{0,62}$/, { message: 'environment must be the slug of an environment' })
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
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'Every resolved field with its source.',
  })
  fields: Record<string, object>;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What evaluation answers for this context.' })
  evaluation: object;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'In the order in which they were taken.',
  })
  steps: object[];
}
