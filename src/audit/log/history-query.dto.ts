import { IsOptional } from 'class-validator';
import { validateInstant } from '@flagtree/engine';
import { PageQuery } from '../../platform/http/management/parameters/page.dto.js';
import { Satisfies } from '../../platform/http/management/parameters/validation.js';
import { OptionalText } from '../../platform/http/management/parameters/texts.js';

/** What any list of what was done is asked for: where, by whom, when. */
export class HistoryQuery extends PageQuery {
  /** The key of a flag. */
  @OptionalText({ max: 255 })
  flag?: string;

  /** An environment that is named in it, by slug, alias or id; one that was deleted by its slug. */
  @OptionalText({ max: 63 })
  environment?: string;

  /** Who did it, as `user` names it. */
  @OptionalText({ max: 300 })
  actor?: string;

  /** Not before this instant (RFC 3339). */
  @IsOptional()
  @Satisfies(validateInstant)
  since?: string;

  /** Before this instant (RFC 3339). */
  @IsOptional()
  @Satisfies(validateInstant)
  until?: string;
}
