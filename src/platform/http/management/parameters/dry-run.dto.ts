import { ApiProperty } from '@nestjs/swagger';
import type { JsonValue } from '@flagtree/engine';
import { ANY_JSON } from '../../json/any-json.js';

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

/** One field of one override. */
export class OverrideFieldDto {
  /** @example "staging" */
  environment: string;
  /** @example "ui.dark_mode" */
  flag: string;
  /** @example "percentage" */
  field: string;
}

export class OverridePlaceDto {
  /** @example "staging" */
  environment: string;
  /** @example "ui.dark_mode" */
  flag: string;
}

/** An environment that a token loses, or gets. */
export class TokenReachDto {
  /** The public id of the token. */
  token: string;
  /** @example "checkout-service" */
  name: string;
  /** @example "staging" */
  environment: string;
  /** Whether the token is for it. */
  before: boolean;
  after: boolean;
}

/** What evaluating a flag takes at most, in points, for the largest context. */
export class FlagCostDto {
  /** @example "staging" */
  environment: string;
  /** @example "ui.dark_mode" */
  flag: string;
  /** Null: there is no such flag yet. */
  @ApiProperty({ type: 'integer', nullable: true, example: 50 })
  before: number | null;
  @ApiProperty({ type: 'integer', example: 24050 })
  after: number;
}

/** Something that has another size after a write. */
export class SizeDto {
  /** A flag, a segment or a snapshot, in bytes; or the number of all flags, environments or segments. */
  @ApiProperty({ enum: ['flag', 'segment', 'snapshot', 'flags', 'environments', 'segments'] })
  of: 'flag' | 'segment' | 'snapshot' | 'flags' | 'environments' | 'segments';
  /** Of a snapshot, or of a flag where an environment overrides it. */
  @ApiProperty({ type: String, nullable: true, example: 'staging' })
  environment: string | null;
  /** Of a flag or a segment. */
  @ApiProperty({ type: String, nullable: true, example: 'ui.dark_mode' })
  key: string | null;
  /** Null: it is not there yet. */
  @ApiProperty({ type: 'integer', nullable: true, example: 320 })
  before: number | null;
  @ApiProperty({ type: 'integer', example: 412 })
  after: number;
  /** The most that it may be. */
  @ApiProperty({ type: 'integer', example: 65536 })
  limit: number;
}

/** What a write did beside what it is about, where it did anything. */
export class BesidesDto {
  /** With `keep`: fields that environments have as overrides of their own from now on. */
  kept?: OverrideFieldDto[];
  /** Kept rules are one whole list: there, rules no longer come together from several environments. */
  layeringsEnd?: OverridePlaceDto[];
  /** With `force`: fields that gave way in environments that are less guarded. */
  cleared?: OverrideFieldDto[];
  /** What is allowed and was probably meant otherwise: weights that are nearly 100 together. */
  warnings?: string[];
  /** Tokens that lose or get an environment, since it is deleted or is below another one: the first 100, for who may see tokens. */
  tokens?: TokenReachDto[];
  /** How many tokens lose or get one. */
  tokenCount?: number;
}

/** What a write would do: everything was checked, nothing was changed. */
export class DryRunDto extends BesidesDto {
  /** @example true */
  dryRun: boolean;
  /** The current revision, which the write would follow. */
  revision: number;
  /** Every resolved value that would change, descendants included: the first 1,000. */
  effect: EffectDto[];
  /** How many there are in all. */
  @ApiProperty({ type: 'integer', example: 1 })
  effectCount: number;
  /** Where not all are shown: how many are in each environment, and of each field. */
  effectBy?: EffectByDto;
  /** Where not all are shown: how to see the others. */
  more?: string;
  /** Where evaluating flags would cost another amount: the 20 dearest afterwards. Absent: nowhere. */
  costs?: FlagCostDto[];
  /** What would have another size: the 20 that are nearest to their limits. Absent: nothing. */
  sizes?: SizeDto[];
  /** The answer that the write would give; null where it would give none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  preview: object | null;
}
