import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { OfrepBulkDto, OfrepErrorDto, OfrepFailureDto, OfrepRequestDto, OfrepSuccessDto } from './ofrep.dto.js';

export function ApiOfrepSingle(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'ofrep.evaluateFlag',
      summary: 'Evaluates one flag for a context.',
      description:
        'An answer without `value` means that the caller takes its own default: the flag is off and has no off variant.',
    }),
    ApiParam({ name: 'key', description: 'The key of the flag.', example: 'new-checkout-flow' }),
    ApiBody({ type: OfrepRequestDto }),
    answer(200, 'The flag for this context.', OfrepSuccessDto, {
      key: 'new-checkout-flow',
      value: true,
      reason: 'TARGETING_MATCH',
      variant: 'on',
      metadata: { flagSetId: 'development', version: '1204', inheritedFrom: 'staging' },
    }),
    answer(
      400,
      'The body, the context or the environment is not valid, or a bucket is needed and the context has no key for it.',
      OfrepFailureDto,
      {
        key: 'new-checkout-flow',
        errorCode: 'TARGETING_KEY_MISSING',
        errorDetails: 'The flag splits by targetingKey, which the context does not have.',
      },
    ),
    answer(404, 'There is no such flag.', OfrepFailureDto, {
      key: 'no-such-flag',
      errorCode: 'FLAG_NOT_FOUND',
      errorDetails: 'There is no flag "no-such-flag".',
    }),
    ...errors(),
  );
}

export function ApiOfrepBulk(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'ofrep.evaluateFlagsBulk', summary: 'Evaluates all flags for a context.' }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The ETag of the answer that the caller has for this context.',
    }),
    ApiQuery({
      name: 'flagConfigEtag',
      required: false,
      description:
        'The `etag` of the event that led to this request: a server that has not seen that change yet waits for it, up to half a second, or answers 503.',
    }),
    ApiQuery({ name: 'flagConfigLastModified', required: false, description: 'Accepted; `flagConfigEtag` tells more.' }),
    ApiBody({ type: OfrepRequestDto }),
    ApiResponse({
      status: 200,
      description: 'Every flag for this context.',
      headers: { ETag: { schema: { type: 'string' }, description: 'Covers the content of the environment and the context.' } },
      content: { 'application/json': { schema: { $ref: getSchemaPath(OfrepBulkDto) } } },
    }),
    ApiResponse({ status: 304, description: 'The caller has this answer already.' }),
    ApiExtraModels(OfrepBulkDto, OfrepSuccessDto, OfrepFailureDto),
    answer(400, 'The body, the context or the environment is not valid.', OfrepErrorDto, {
      errorCode: 'INVALID_CONTEXT',
      errorDetails: 'The evaluation context is not valid. The targetingKey must be a string; leave it out when there is none.',
    }),
    answer(503, 'This server has not seen the change that `flagConfigEtag` names: try again after Retry-After.', OfrepErrorDto),
    ...errors(),
  );
}

function errors(): MethodDecorator[] {
  return [
    answer(401, 'No token, or one that is unknown, expired or revoked.', OfrepErrorDto),
    answer(403, 'The token may not see the environment of the request.', OfrepErrorDto),
    answer(413, 'The body is too large.', OfrepErrorDto),
    answer(415, 'The body is not JSON.', OfrepErrorDto),
    answer(429, 'A page asks more often than pages may: try again after Retry-After.', OfrepErrorDto),
    answer(500, 'A fault of the server; the log knows the request id.', OfrepErrorDto),
  ];
}

function answer(status: number, description: string, type: new () => object, example?: object): MethodDecorator {
  const schema = { $ref: getSchemaPath(type) };
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({ status, description, content: { 'application/json': { schema, ...(example && { example }) } } }),
  );
}
