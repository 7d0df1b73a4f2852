import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiProblem } from '../platform/http/management/admin-controller.js';
import { OfrepErrorDto } from '../resolver/ofrep/ofrep.dto.js';
import { RefetchEvaluationDto, StreamCurrentDto, StreamedChangeDto, StreamResetDto } from './stream.dto.js';

const STREAM = `The events, each with an \`id\` that names a point of the history (to send back, not to take apart):

- \`snapshot\`, at first: all flags of the environment, as \`GET /api/feature-flags/snapshot\` answers them.
- \`current\`, at first instead, to a reader that asks with \`content=true\` or has that snapshot already: a StreamCurrentDto. It has no \`id\`.
- \`change\`: a StreamedChangeDto, with the keys of the flags that changed *in this environment*, wherever it was that somebody changed them.
- \`reset\`: a StreamResetDto. Forget what you know; the event \`snapshot\` follows.

A reader that comes back with \`Last-Event-ID\` gets the changes that it missed, or \`reset\` and \`snapshot\` when they are not known any more. With \`content=true\` the etag in \`If-None-Match\` says the same better: it holds across servers and their restarts; \`reset\` then means that the snapshot is to be fetched. Comments keep a silent connection open. The stream ends when the token is revoked or expires, when the reader does not keep up, and when the server stops.`;

export function ApiStream(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'evaluation.stream', description: STREAM }),
    ApiLastEventId(),
    ApiQuery({
      name: 'content',
      required: false,
      schema: { type: 'boolean' },
      description:
        'Changes carry the flags and segments that changed, and no `snapshot` is ever sent: for readers that keep one.',
    }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The etag of the snapshot that the reader has: what it has is not sent again.',
    }),
    ApiExtraModels(StreamCurrentDto, StreamedChangeDto, StreamResetDto),
    events(
      'Server-sent events; it does not end by itself.',
      'event: change\nid: 1205.b3e34f\ndata: {"environment":"staging","revision":1205,"etag":"…","keys":["ui.dark_mode"]}\n\n',
    ),
    ApiBusy(),
  );
}

export function ApiOfrepStream(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'ofrep.stream',
      description:
        'Messages of type `refetchEvaluation` (OFREP 0.3, event streams): one at first, so that nothing is missed since the bulk answer, and one for each change. The URL comes from `eventStreams` of a bulk answer; it holds a ticket for this one purpose, never a token.',
    }),
    ApiQuery({ name: 'ticket', required: true, schema: { type: 'string' } }),
    ApiLastEventId(),
    ApiExtraModels(RefetchEvaluationDto),
    events(
      'Server-sent events; it does not end by itself.',
      'id: 1205.b3e34f\ndata: {"type":"refetchEvaluation","etag":"1205.…"}\n\n',
    ),
    ofrepError(400, 'The environment does not exist any more, or is inactive.'),
    ofrepError(401, 'No ticket, or one that has expired or whose token is not in force: evaluate again for a new one.'),
    ofrepError(403, 'The token may no longer see the environment.'),
    ofrepError(500, 'A fault of the server; the log knows the request id.'),
    ofrepError(503, BUSY),
  );
}

function events(description: string, example: string): MethodDecorator {
  return ApiResponse({ status: 200, description, content: { 'text/event-stream': { schema: { type: 'string' }, example } } });
}

const ApiLastEventId = () =>
  ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that the reader has; EventSource sends it by itself.',
  });

const BUSY =
  'Too many streams, the server is stopping, or it has not seen the reader’s last event yet: see Retry-After, and poll meanwhile.';

const ApiBusy = () => ApiProblem(503, BUSY);

function ofrepError(status: number, description: string): MethodDecorator {
  const schema = { $ref: getSchemaPath(OfrepErrorDto) };
  return applyDecorators(
    ApiExtraModels(OfrepErrorDto),
    ApiResponse({ status, description, content: { 'application/json': { schema } } }),
  );
}
