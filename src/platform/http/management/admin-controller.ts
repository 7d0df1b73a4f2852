import { applyDecorators, Controller, HttpCode, type Type, UseInterceptors, UsePipes } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { DryRunDto } from './parameters/dry-run.dto.js';
import { ManagementInterceptor } from './management.interceptor.js';
import { ProblemDto } from '../problems/problem.dto.js';
import { requestValidation } from './parameters/validation.js';

/** A controller of the management API: strict JSON in, conditional reads, problem documents. */
export function AdminController(path: string, tag: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiSecurity('apiKey'),
    UsePipes(requestValidation()),
    UseInterceptors(ManagementInterceptor),
    ApiProblem(400, 'The request is malformed: `errors` says where.'),
    ApiProblem(401, 'No token, or one that is unknown, expired or revoked.'),
    ApiProblem(403, 'The token may not do this.'),
    ApiProblem(500, 'A fault of the server; the log knows the request id.'),
    ApiProblem(503, 'The database is away or busy: nothing was changed, unless the code is outcome-unknown; see Retry-After.'),
  );
}

export function ApiProblem(status: number, description: string) {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiResponse({
      status,
      description,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
    }),
  );
}

interface WriteAnswer {
  /** The status of success. */
  status: 200 | 201 | 204;
  type?: Type;
  /** Whether the edited thing is named by the path, so that it may be missing or have moved on. */
  edits: boolean;
}

/** Documents what every write has in common: dry run, reason, If-Match and their answers. */
export function ApiWrite({ status, type, edits }: WriteAnswer): MethodDecorator {
  const preview = { $ref: getSchemaPath(DryRunDto) };
  const result = type ? { $ref: getSchemaPath(type) } : null;
  const success = status === 200 && result ? { oneOf: [result, preview] } : preview;
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(DryRunDto, ...(type ? [type] : [])),
    ApiQuery({
      name: 'dryRun',
      required: false,
      type: Boolean,
      description: 'Check everything and tell the effect, but change nothing.',
    }),
    ApiResponse({
      status: 200,
      description: status === 200 ? 'Done (or, with dryRun, what it would do).' : 'With dryRun: what it would do.',
      content: { 'application/json': { schema: success } },
    }),
    ...(status === 201 && result
      ? [
          ApiResponse({
            status: 201,
            description: 'Created; `Location` names it.',
            content: { 'application/json': { schema: result } },
          }),
        ]
      : []),
    ...(status === 204
      ? [
          ApiNoContentResponse({ description: 'Done.' }),
          ApiQuery({ name: 'reason', required: false, type: String, description: 'Why, for the audit log.' }),
        ]
      : []),
    ...(edits
      ? [
          ApiHeader({ name: 'If-Match', required: false, description: 'The ETag of the version that this edits.' }),
          ApiProblem(404, 'It does not exist.'),
        ]
      : []),
    ApiProblem(409, 'It conflicts with what exists.'),
    ApiProblem(412, 'It changed meanwhile, or is there already: `current` is what stands now.'),
    ApiProblem(413, 'The body is too large.'),
    ApiProblem(415, 'The body is not JSON.'),
    ApiProblem(422, 'It would break a flag, or names something that does not exist.'),
  );
}
