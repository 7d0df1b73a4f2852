import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
import { MayBeAbsent, Satisfies } from '../platform/http/management/parameters/validation.js';
import { validateMoment } from './moment.js';

export const AT = {
  description:
    'As it was then: a revision, such as `1204`, the id of an event, such as `1204.b3e34f` (of that history alone), or an RFC 3339 instant, such as `2026-11-20T12:00:00Z` (exact to the millisecond).',
};

/** A query parameter that names a moment of the past. */
export function IsMoment(description = AT.description): PropertyDecorator {
  return applyDecorators(MayBeAbsent(), Satisfies(validateMoment), ApiProperty({ type: String, required: false, description }));
}

export class AtQuery {
  @IsMoment()
  at?: string;
}

export class PageAtQuery extends PageQuery {
  @IsMoment()
  at?: string;
}
