import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { type Condition, validateConditions } from '@flagtree/engine';
import { ConditionDto } from '../openapi/rule.dto.js';
import { PageAtQuery } from '../history/at.dto.js';
import { MayBeAbsent, Satisfies } from '../platform/http/management/parameters/validation.js';
import { OptionalText, Reason, DisplayName, Description, Key } from '../platform/http/management/parameters/texts.js';
import { StoredAtRevisionDto, PageDto } from '../platform/http/management/stored.dto.js';

@ApiExtraModels(ConditionDto)
export class UpdateSegmentDto {
  @DisplayName('Beta testers')
  name?: string;

  @Description()
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

  @Reason()
  reason?: string;
}

export class CreateSegmentDto extends UpdateSegmentDto {
  /** The name in conditions; it never changes. */
  @Key('beta-testers')
  key: string;
}

export class SegmentsQuery extends PageAtQuery {
  /** Part of the key or name. */
  @OptionalText({ max: 200 })
  search?: string;
}

export class SegmentDto extends StoredAtRevisionDto {
  /** @example "beta-testers" */
  key: string;
  name: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ type: () => [ConditionDto] })
  conditions: Condition[];
}

export class SegmentPageDto extends PageDto {
  items: SegmentDto[];
}
