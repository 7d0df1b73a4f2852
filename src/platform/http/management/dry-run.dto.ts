import { ApiProperty } from '@nestjs/swagger';
import type { JsonValue } from '@flagtree/engine';
import { ANY_JSON } from '../json/any-json.js';

/** One resolved value that a write changes, there or in a descendant. */
export class EffectDto {
  /** @example "development" */
  environment: string;
  /** @example "ui.dark_mode" */
  flag: string;
  /** @example "enabled" */
  field: string;
  @ApiProperty(ANY_JSON)
  before: JsonValue;
  @ApiProperty(ANY_JSON)
  after: JsonValue;
}

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

/** How many values an effect has. */
export class EffectByDto {
  @ApiProperty(COUNTS)
  environments: Record<string, number>;
  @ApiProperty(COUNTS)
  fields: Record<string, number>;
}

/** What a write would do: everything was checked, nothing was changed. */
export class DryRunDto {
  /** @example true */
  dryRun: boolean;
  /** The current revision, which the write would follow. */
  revision: number;
  /** Every resolved value that would change, descendants included: the first 1,000. For the others, ask about fewer flags or environments. */
  effect: EffectDto[];
  /** How many there are in all. */
  @ApiProperty({ type: 'integer', example: 1 })
  effectCount: number;
  /** Where not all are shown: how many are in each environment, and of each field. */
  effectBy?: EffectByDto;
  /** The answer that the write would give; null where it would give none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  preview: object | null;
}
