import { ApiProperty, ApiPropertyOptional, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { NotExpressedDto, RewrittenDto } from '../flagd/flagd.dto.js';
import { IMPORT_MODES, type ImportMode } from './plan/import-options.js';
import { OptionalText, Reason } from '../platform/http/management/parameters/texts.js';
import { applyDecorators } from '@nestjs/common';
import { Switch } from '../platform/http/management/parameters/query-switch.js';

const Words = () =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value,
    ),
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(5_000),
    IsString({ each: true }),
    Length(1, 255, { each: true }),
  );

/** Whose definitions a document has. */
export const EXCHANGE_FORMATS = ['states', 'flagd'] as const;
export type ExchangeFormat = (typeof EXCHANGE_FORMATS)[number];

const Format = () =>
  applyDecorators(IsOptional(), IsIn(EXCHANGE_FORMATS), ApiPropertyOptional({ enum: EXCHANGE_FORMATS, default: 'states' }));

export class ExportQuery {
  /** flagd: one environment, named by `env`, as flagd definitions; the other parameters do not apply. */
  @Format()
  format?: ExchangeFormat;

  /** The environment of format=flagd. */
  @OptionalText({ min: 1, max: 63, example: 'staging' })
  env?: string;

  /** Only these flags: comma-separated keys, or patterns in which `*` stands for any text. */
  @Words()
  @ApiProperty({ type: String, required: false, example: 'ui.*,new-checkout-flow' })
  flags?: string[];

  /** Only flags with one of these tags. */
  @Words()
  @ApiProperty({ type: String, required: false, example: 'checkout' })
  tags?: string[];

  /** Only these environments, and the overrides there. */
  @Words()
  @ApiProperty({ type: String, required: false, example: 'staging,production' })
  environments?: string[];

  /** Only these sections: environments, segments, flags (the bases), overrides, and those of other modules. Without it all. */
  @Words()
  @ApiProperty({ type: String, required: false, example: 'flags,overrides' })
  sections?: string[];

  /** Archived flags too. */
  @Switch()
  archived?: string;
}

export class ImportQuery {
  /** flagd: the body has flagd definitions; they become flags and segments, and are merged. */
  @Format()
  format?: ExchangeFormat;

  /** With format=flagd: into the overrides of this environment, not into the flags themselves. */
  @OptionalText({ min: 1, max: 63, example: 'staging' })
  env?: string;

  /** With format=flagd. true: flags that flagd's schema refuses, or that no flag here can be, are left out by name. false: members that no flag can keep are refused, too. */
  @Switch()
  lenient?: string;

  /** merge: what the document does not name stays. replace: it goes (flags are archived), as far as the document speaks for it. */
  @IsOptional()
  @IsIn(IMPORT_MODES)
  @ApiProperty({ enum: IMPORT_MODES, required: false, default: 'merge' })
  mode?: ImportMode;

  /** Delete and move environments in use, take archived flags back into use. */
  @Switch()
  force?: string;

  /** Answer at once with a job, and import after that. */
  @Switch()
  async?: string;

  @Switch()
  dryRun?: string;

  @Reason()
  reason?: string;
}

export class SectionCountsDto {
  created: number;
  updated: number;
  /** Flags are archived, everything else is deleted. */
  removed: number;
  unchanged: number;
}

@ApiExtraModels(SectionCountsDto)
export class ImportResultDto {
  @ApiProperty({ enum: IMPORT_MODES })
  mode: ImportMode;
  /** The revision that holds the changes; the current one when nothing had to change. */
  revision: number;
  /** Rows that were written. */
  written: number;
  /** For each section of the document. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { $ref: getSchemaPath(SectionCountsDto) } })
  sections: Record<string, SectionCountsDto>;
  /** With format=flagd: what the definitions say and flags here cannot keep. */
  @ApiProperty({ type: () => [NotExpressedDto], required: false })
  notKept?: NotExpressedDto[];
  /** With format=flagd: old expressions (`fractionalEvaluation`) that are read as flagd means them now, and with lenient versions that were written out. */
  @ApiProperty({ type: () => [RewrittenDto], required: false })
  rewritten?: RewrittenDto[];
}
