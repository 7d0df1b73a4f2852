import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { FLAG_KEY, MAX_NAME_LENGTH } from '@flagtree/engine';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent, MayBeNull } from './validation.js';

interface TextOptions {
  min?: number;
  max: number;
  description?: string;
  example?: string;
}

/** A text of a body or query that may be absent. */
export const OptionalText = (options: TextOptions): PropertyDecorator =>
  applyDecorators(IsOptional(), IsString(), within(options), ApiPropertyOptional(documented(options)));

/** A text of an edit: absent, it stays; null takes it away. */
export const NullableText = (options: TextOptions): PropertyDecorator =>
  applyDecorators(MayBeNull(), IsString(), within(options), ApiPropertyOptional({ ...documented(options), nullable: true }));

/** Why somebody writes: for the audit log. */
export const Reason = (): PropertyDecorator => OptionalText({ max: 2_000, description: 'Why, for the audit log.' });

/** What people call it. */
export const DisplayName = (example?: string): PropertyDecorator =>
  applyDecorators(
    MayBeAbsent(),
    IsString(),
    Length(1, MAX_NAME_LENGTH),
    ApiPropertyOptional(documented({ min: 1, max: MAX_NAME_LENGTH, ...(example !== undefined && { example }) })),
  );

/** What is said about it. */
export const Description = (): PropertyDecorator => NullableText({ max: 4_000 });

/** The key of a flag or a segment. */
export const Key = (example: string): PropertyDecorator =>
  applyDecorators(
    IsString(),
    Matches(FLAG_KEY, { message: '$property must be 1–255 of letters, digits, ".", "_", "-", and start with a letter or digit' }),
    ApiProperty({ example, pattern: FLAG_KEY.source }),
  );

const within = ({ min, max }: TextOptions) => (min === undefined ? MaxLength(max) : Length(min, max));

function documented({ min, max, ...told }: TextOptions): ApiPropertyOptions {
  return { type: String, ...(min !== undefined && { minLength: min }), maxLength: max, ...told };
}
