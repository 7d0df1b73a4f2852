import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { PageQuery } from '../platform/http/management/page.dto.js';
import { MayBeAbsent, Satisfies } from '../platform/http/management/validation.js';
import { validateMoment } from './moment.js';

export const AT = {
  description: 'As it was then: a revision, or an RFC 3339 instant (exact to the millisecond).',
  examples: { revision: { value: '1204' }, instant: { value: '2026-11-20T12:00:00Z' } },
};

/** A query parameter that names a moment of the past. */
export function IsMoment(description = AT.description): PropertyDecorator {
  return applyDecorators(
    MayBeAbsent(),
    Satisfies(validateMoment),
    ApiProperty({ type: String, required: false, description, example: '1204' }),
  );
}

export class AtQuery {
  @IsMoment()
  at?: string;
}

export class PageAtQuery extends PageQuery {
  @IsMoment()
  at?: string;
}
