import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { FLAG_KEY, FLAG_TYPES, type FlagType } from '@flagtree/engine';
import { EnvironmentName, EnvironmentNames } from '../platform/http/management/parameters/environment-name.js';
import { OptionalText } from '../platform/http/management/parameters/texts.js';

/** What a cell can be asked for: it differs from what it would inherit, sets something, sets only what it would inherit, is broken. */
export const CELL_STATES = ['differs', 'set', 'same', 'broken'] as const;
export type CellState = (typeof CELL_STATES)[number];

export const MATRIX_SORTS = ['key', '-key', 'changed', '-changed', 'owner', '-owner'] as const;
export type MatrixSort = (typeof MATRIX_SORTS)[number];

const MAX_ROWS = 1_000;
const MAX_COLUMNS = 1_000;

const commaSeparated = () => Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value));

export class MatrixQuery {
  /** The environments (comma-separated slugs), in this order; left out: all, each before those below it. */
  @IsOptional()
  @commaSeparated()
  @EnvironmentNames({ max: MAX_COLUMNS })
  @ApiProperty({ type: String, required: false, example: 'production,staging' })
  envs?: string[];

  /** Only this environment and those below it. */
  @IsOptional()
  @EnvironmentName()
  below?: string;

  /** Part of the key, name or description. */
  @OptionalText({ max: 200 })
  search?: string;

  /** A tag that the flag has. */
  @OptionalText({ max: 100 })
  tag?: string;

  @OptionalText({ max: 200 })
  owner?: string;

  /** Only flags of this type. */
  @IsOptional()
  @IsIn(FLAG_TYPES)
  @ApiPropertyOptional({ enum: FLAG_TYPES })
  type?: FlagType;

  /** Only these flags (comma-separated keys). */
  @IsOptional()
  @commaSeparated()
  @IsArray()
  @ArrayMaxSize(200)
  @ArrayUnique()
  @Matches(FLAG_KEY, { each: true, message: 'each of $property must be the key of a flag' })
  @ApiProperty({ type: String, required: false })
  keys?: string[];

  /** Only flags with a cell that is one of these (comma-separated). */
  @IsOptional()
  @commaSeparated()
  @IsIn(CELL_STATES, { each: true, message: `each of $property must be one of ${CELL_STATES.join(', ')}` })
  @ApiProperty({ type: String, required: false, example: 'differs' })
  is?: CellState[];

  /** The environments (comma-separated slugs) whose cells `is` looks at; left out: all that are shown. */
  @IsOptional()
  @commaSeparated()
  @EnvironmentNames({ max: MAX_COLUMNS })
  @ApiProperty({ type: String, required: false })
  in?: string[];

  /** `-` before it: descending. */
  @IsOptional()
  @IsIn(MATRIX_SORTS)
  @ApiPropertyOptional({ enum: MATRIX_SORTS, default: 'key' })
  sort: MatrixSort = 'key';

  /** How many flags at most. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(MAX_ROWS)
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_ROWS, default: 100 })
  limit: number = 100;

  /** `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  cursor?: string;
}

export class MatrixEnvironmentDto {
  /** @example "staging" */
  slug: string;
  name: string;
  @ApiProperty({ type: String, nullable: true, example: 'production' })
  parent: string | null;
  /** How many environments are above it. */
  @ApiProperty({ type: 'integer' })
  depth: number;
  /** Whether writing what it gives takes the role promoter. */
  protected: boolean;
  /** Whether its settings ask for an approval. */
  requireApproval: boolean;
  isActive: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
  /** What the caller may do there. */
  @ApiProperty({ enum: ['write', 'read'] })
  may: 'write' | 'read';
}

/** One flag in one environment. What is absent is as usual: everybody, no rules, no split, a boolean flag that serves what `on` says. */
export class FaceDto {
  /** Off: the off variant is served. */
  on: boolean;
  /** Share of contexts, in per cent, that get the default when no rule matches. */
  @ApiPropertyOptional({ minimum: 0, maximum: 100 })
  percentage?: number;
  /** What the default variant serves, as JSON, shortened. */
  value?: string;
  /** The default is a split by weights. */
  split?: true;
  /** Whether the environment sets something itself, and whether that is other than what it would inherit. */
  @ApiProperty({ enum: ['no', 'same', 'differs'] })
  own: 'no' | 'same' | 'differs';
  /** The nearest environment above that sets something; absent where only the base does. */
  from?: string;
  /** How many rules there are. */
  @ApiPropertyOptional({ type: 'integer' })
  rules?: number;
  /** It serves its last good version, or an error. */
  broken?: true;
}

export class MatrixRowDto {
  /** @example "ui.dark_mode" */
  key: string;
  name: string;
  @ApiProperty({ enum: FLAG_TYPES })
  type: FlagType;
  @ApiProperty({ type: String, nullable: true })
  owner: string | null;
  tags: string[];
  permanent: boolean;
  /** Of the base. */
  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
  /** For each environment an index into `faces`; -1 where it inherits from itself. */
  @ApiProperty({ type: [Number] })
  cells: number[];
}

export class MatrixCountsDto {
  /** A cell differs from what it would inherit. */
  @ApiProperty({ type: 'integer' })
  differs: number;
  /** An environment sets something. */
  @ApiProperty({ type: 'integer' })
  set: number;
  /** One sets only what it would inherit. */
  @ApiProperty({ type: 'integer' })
  same: number;
  /** A cell is broken. */
  @ApiProperty({ type: 'integer' })
  broken: number;
}

/** Flags × environments, as a table shows them. */
export class MatrixDto {
  revision: number;
  /** How many flags there are in all that fit. */
  @ApiProperty({ type: 'integer' })
  total: number;
  /** Of the flags that fit, `is` apart, how many have such a cell. */
  counts: MatrixCountsDto;
  environments: MatrixEnvironmentDto[];
  /** The different looks of all cells, each once. */
  faces: FaceDto[];
  items: MatrixRowDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
