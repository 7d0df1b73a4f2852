import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { JsonValue } from '../engine/types.js';
import { SLUG } from '../environments/environment.dto.js';
import { SourceDto } from '../flags/flag.dto.js';
import { ANY_JSON } from '../platform/http/any-json.js';

const SLUG_MESSAGE = '$property must be the slug of an environment';

export class CompareQuery {
  @IsString()
  @Matches(SLUG, { message: SLUG_MESSAGE })
  @ApiProperty({ example: 'staging' })
  from: string;

  @IsString()
  @Matches(SLUG, { message: SLUG_MESSAGE })
  @ApiProperty({ example: 'production' })
  to: string;

  /** Only flags with these keys; `*` stands for any text, commas separate several. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  @ApiProperty({ example: 'ui.*' })
  key?: string;

  /** Only flags with this tag. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  tag?: string;

  /** Only flags of this owner. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  owner?: string;

  /** `true`: only fields that one of the two environments overrides itself. */
  @IsOptional()
  @IsIn(['true', 'false'])
  onlyOverrides?: 'true' | 'false';
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

/** What two environments resolve differently: by flag, then in the order of the fields. */
export class ComparisonDto {
  /** @example "staging" */
  from: string;
  /** @example "production" */
  to: string;
  /** The revision at which both were read. */
  revision: number;
  /** Whether there is no difference among the flags that were compared. */
  identical: boolean;
  /** For people: "no differences", or how many there are. */
  summary: string;
  /** How many flags were compared. */
  flags: number;
  differences: DifferenceDto[];
}
