import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { type Condition, type JsonValue } from '@flagtree/engine';
import { SourceDto } from '../flags/flag-in-environment.dto.js';
import { AT, IsMoment } from '../history/at.dto.js';
import { ANY_JSON } from '../platform/http/json/any-json.js';
import { Switch } from '../platform/http/management/parameters/query-switch.js';
import { EnvironmentName } from '../platform/http/management/parameters/environment-name.js';
import { OptionalText } from '../platform/http/management/parameters/texts.js';

export class CompareQuery {
  @EnvironmentName()
  @ApiProperty({ example: 'staging' })
  from: string;

  /** Left out: the same environment at another moment; without any moment its parent. */
  @IsOptional()
  @EnvironmentName()
  @ApiProperty({ example: 'production' })
  to?: string;

  @IsMoment(`${AT.description} Counts for "to" as well, if that is another environment.`)
  at?: string;

  @IsMoment(`${AT.description} Counts for "to" alone. Left out: "at" for another environment, and now for the same one.`)
  toAt?: string;

  /** Only flags with these keys; `*` stands for any text, commas separate several. */
  @OptionalText({ max: 2_000, example: 'ui.*' })
  key?: string;

  /** Only flags that have this tag, on either side; likewise the other filters. */
  @OptionalText({ max: 100 })
  tag?: string;

  /** Only flags of this owner. */
  @OptionalText({ max: 200 })
  owner?: string;

  /** Only fields that one of the two environments overrides itself. */
  @Switch()
  onlyOverrides?: string;
}

export class ComparedValueDto {
  @ApiProperty(ANY_JSON)
  value: JsonValue;
  /** Null for what no environment can override. */
  @ApiProperty({ oneOf: [{ $ref: '#/components/schemas/SourceDto' }, { type: 'null' }] })
  source: SourceDto | null;
  @ApiProperty({ type: String, nullable: true, enum: ['inherited', 'overridden', 'overridden-equal', null] })
  state: string | null;
}

export class DifferenceDto {
  /** @example "ui.dark_mode" */
  flag: string;
  /** @example "enabled" */
  field: string;
  @ApiProperty({ type: ComparedValueDto })
  from: ComparedValueDto;
  @ApiProperty({ type: ComparedValueDto })
  to: ComparedValueDto;
}

export class SegmentDifferenceDto {
  /** @example "staff" */
  segment: string;
  /** Its conditions; null where it is not there. */
  @ApiProperty({ type: 'array', items: { type: 'object' }, nullable: true })
  from: Condition[] | null;
  @ApiProperty({ type: 'array', items: { type: 'object' }, nullable: true })
  to: Condition[] | null;
}

/** What two sides, each an environment at a moment, resolve differently: by flag, then in the order of the fields. */
export class ComparisonDto {
  /** @example "staging" */
  from: string;
  /** @example "production" */
  to: string;
  /** At which `from` was read. */
  revision: number;
  /** At which `to` was read. */
  toRevision: number;
  /** Whether there is no difference among the flags that were compared, nor among the segments behind their rules. */
  identical: boolean;
  /** For people: "no differences", or how many there are. */
  summary: string;
  /** How many flags were compared. */
  flags: number;
  /** The first 1,000. */
  differences: DifferenceDto[];
  /** How many there are in all. */
  @ApiProperty({ type: 'integer', example: 1 })
  differenceCount: number;
  /** Segments behind the rules of these flags that were others at the two moments: the first 1,000. None with `onlyOverrides`. */
  segments: SegmentDifferenceDto[];
  /** How many there are in all. */
  @ApiProperty({ type: 'integer', example: 0 })
  segmentCount: number;
  /** Where not all are shown: how to see the others. */
  more?: string;
}
