import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { type Condition, FLAG_KEY, MAX_NAME_LENGTH, validateConditions } from '@flagtree/engine';
import { ConditionDto } from '../openapi/rule.dto.js';
import { PageAtQuery } from '../history/at.dto.js';
import { MayBeAbsent, MayBeNull, Satisfies } from '../platform/http/management/parameters/validation.js';

@ApiExtraModels(ConditionDto)
export class UpdateSegmentDto {
  /** @example "Beta testers" */
  @MayBeAbsent()
  @IsString()
  @Length(1, MAX_NAME_LENGTH)
  name?: string;

  @MayBeNull()
  @IsString()
  @MaxLength(4_000)
  @ApiProperty({ type: String, nullable: true, required: false })
  description?: string | null;

  /** All of them must hold. */
  @MayBeAbsent()
  @Satisfies(validateConditions)
  @ApiProperty({
    type: () => [ConditionDto],
    required: false,
    example: [{ attribute: 'plan', operator: 'in', values: ['beta'] }],
  })
  conditions?: Condition[];

  /** Why, for the audit log. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  reason?: string;
}

export class CreateSegmentDto extends UpdateSegmentDto {
  /** The name in conditions; it never changes. */
  @IsString()
  @Matches(FLAG_KEY, { message: '$property must be 1–255 of letters, digits, ".", "_", "-", and start with a letter or digit' })
  @ApiProperty({ example: 'beta-testers', pattern: FLAG_KEY.source })
  key: string;
}

export class SegmentsQuery extends PageAtQuery {
  /** Part of the key or name. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;
}

export class SegmentDto {
  /** @example "beta-testers" */
  key: string;
  name: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ type: () => [ConditionDto] })
  conditions: Condition[];
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
  version: number;
  @ApiProperty({ format: 'uuid' })
  id: string;
  /** The revision at which this was read. */
  revision: number;
}

export class SegmentPageDto {
  items: SegmentDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
