import { ApiProperty, ApiPropertyOptional, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { NotExpressedDto, RewrittenDto } from '../flagd/flagd.dto.js';
import { IMPORT_MODES, type ImportMode } from './import-options.js';

const Words = (): PropertyDecorator => (target, property) => {
  const decorators = [
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value,
    ),
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(5_000),
    IsString({ each: true }),
    Length(1, 255, { each: true }),
  ];
  for (const decorate of decorators) decorate(target, property);
};

/** Whose definitions a document has. */
export const EXCHANGE_FORMATS = ['states', 'flagd'] as const;
export type ExchangeFormat = (typeof EXCHANGE_FORMATS)[number];

export class ExportQuery {
  /** flagd: one environment, named by `env`, as flagd definitions; the other parameters do not apply. */
  @IsOptional()
  @IsIn(EXCHANGE_FORMATS)
  @ApiProperty({ enum: EXCHANGE_FORMATS, required: false, default: 'states' })
  format?: ExchangeFormat;

  /** The environment of format=flagd. */
  @IsOptional()
  @IsString()
  @Length(1, 63)
  @ApiProperty({ required: false, example: 'staging' })
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

  /** `true`: archived flags too. */
  @IsOptional()
  @IsIn(['true', 'false'])
  archived?: 'true' | 'false';
}

export class ImportQuery {
  /** flagd: the body has flagd definitions; they become flags and segments, and are merged. */
  @IsOptional()
  @IsIn(EXCHANGE_FORMATS)
  @ApiProperty({ enum: EXCHANGE_FORMATS, required: false, default: 'states' })
  format?: ExchangeFormat;

  /** With format=flagd: into the overrides of this environment, not into the flags themselves. */
  @IsOptional()
  @IsString()
  @Length(1, 63)
  @ApiProperty({ required: false, example: 'staging' })
  env?: string;

  /** With format=flagd. true: flags that flagd's schema refuses, or that no flag here can be, are left out by name. false: members that no flag can keep are refused, too. */
  @IsOptional()
  @IsIn(['true', 'false', ''])
  @ApiProperty({ type: Boolean, required: false })
  lenient?: string;

  /** merge: what the document does not name stays. replace: it goes (flags are archived), as far as the document speaks for it. */
  @IsOptional()
  @IsIn(IMPORT_MODES)
  @ApiProperty({ enum: IMPORT_MODES, required: false, default: 'merge' })
  mode?: ImportMode;

  /** Delete and move environments in use, take archived flags back into use. */
  @IsOptional()
  @IsIn(['true', 'false', ''])
  @ApiProperty({ type: Boolean, required: false })
  force?: string;

  /** Answer at once with a job, and import after that. */
  @IsOptional()
  @IsIn(['true', 'false', ''])
  @ApiProperty({ type: Boolean, required: false })
  async?: string;

  @IsOptional()
  @IsIn(['true', 'false', ''])
  @ApiProperty({ type: Boolean, required: false })
  dryRun?: string;

  /** Why, for the audit log. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
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
