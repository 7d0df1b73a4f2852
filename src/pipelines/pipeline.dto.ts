import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent, Satisfies } from '../platform/http/management/parameters/validation.js';
import { type GateSetting, validateSteps } from './gate-settings.js';
import { type Direction, DIRECTIONS, GIVEN_VALUES, type GivenValues } from './pipelines.queries.js';
import { Reason, Description } from '../platform/http/management/parameters/texts.js';
import { StoredDto, PageDto } from '../platform/http/management/stored.dto.js';

export const PIPELINE_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

const GATE = {
  type: 'object',
  required: ['gate'],
  properties: {
    gate: { type: 'string', enum: ['soak', 'frozen-hours', 'reason', 'has-checks'] },
    minutes: { type: 'number', description: 'soak: for how long the flag must not have changed in the source.' },
    timeZone: { type: 'string', description: 'frozen-hours: an IANA name.', example: 'Europe/Berlin' },
    windows: {
      type: 'array',
      description: 'frozen-hours: when nothing is promoted. A window that ends before it begins ends on the next day.',
      items: { type: 'object', additionalProperties: true, example: { days: ['friday'], from: '16:00', to: '24:00' } },
    },
  },
};

export class StepDto {
  /** By slug, alias or id; answers say the slug. */
  environment: string;
  /** What must hold before a flag enters the environment. */
  @ApiProperty({ type: 'array', required: false, items: GATE })
  gates?: GateSetting[];
}

export class PutPipelineDto {
  @Description()
  description?: string | null;

  /** `any`: the order is only told; `forward`: promotions against it are refused; `next-step`: those that skip a step, too. */
  @MayBeAbsent()
  @IsIn(DIRECTIONS)
  @ApiProperty({ enum: DIRECTIONS, required: false, default: 'any' })
  direction?: Direction;

  /**
   * Which values of a promotion's `with` may enter a step that has gates, or any step where there is a direction. `restricted`: a
   * `percentage`, and `enabled: false`. `any`: every value, though it was never in the source.
   */
  @MayBeAbsent()
  @IsIn(GIVEN_VALUES)
  @ApiProperty({ enum: GIVEN_VALUES, required: false, default: 'restricted' })
  with?: GivenValues;

  /** In the order in which a flag goes through them. */
  @Satisfies(validateSteps)
  @ApiProperty({
    type: [StepDto],
    example: [{ environment: 'development' }, { environment: 'staging', gates: [{ gate: 'soak', minutes: 60 }] }],
  })
  steps: StepDto[];

  @Reason()
  reason?: string;
}

export class PipelineDto extends StoredDto {
  /** @example "main" */
  name: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ enum: DIRECTIONS })
  direction: string;
  @ApiProperty({ enum: GIVEN_VALUES })
  with: string;
  @ApiProperty({ type: [StepDto] })
  steps: StepDto[];
}

export class PipelinePageDto extends PageDto {
  items: PipelineDto[];
}
