import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiQuery } from '@nestjs/swagger';
import { ApiProblem } from '../../platform/http/management/admin-controller.js';
import { PromotionDto } from './promotion.dto.js';

/** Documents what promoting and taking back have in common: one shape for plans and for what was done. */
export function ApiPromotion(): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiQuery({
      name: 'dryRun',
      required: false,
      type: Boolean,
      description: 'Plan only: the answer says what would be done, and what stands in the way.',
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description:
        'Of one flag to one target: the ETag of the flag as it is in the target, or in the source. Of a revert: that of the promotion. Refused where there are several: they have their `plan`.',
    }),
    ApiOkResponse({ type: PromotionDto, description: 'Done, nothing to do, or (with dryRun) planned: see `result`.' }),
    ApiProblem(404, 'A flag, an environment or the promotion does not exist.'),
    ApiProblem(409, 'A gate is not passed, the plan is stale, or (revert) fields were changed since: nothing was done.'),
    ApiProblem(412, 'It changed meanwhile: `current` is what stands now.'),
    ApiProblem(413, 'The body is too large.'),
    ApiProblem(415, 'The body is not JSON.'),
    ApiProblem(422, 'It names something that does not exist, or would break a flag.'),
  );
}
