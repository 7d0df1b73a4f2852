import { Get, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../access/identity/caller.js';
import { RequestCaller } from '../../access/identity/request-caller.js';
import { RequireRole } from '../../access/permissions.js';
import { AdminController } from '../../platform/http/management/admin-controller.js';
import { ManagedChangeDto } from './management-stream.dto.js';
import { ManagementStreams } from './management-streams.service.js';

const STREAM = `The events:

- \`hello\`, at first: the revision in force. A reader that knows an older one reads anew what it shows.
- \`change\`: a ManagedChangeDto for each revision. It names what changed; what it is now is for the reader to ask.
- \`reset\`: the history is another one than before. Forget what you know.

Comments keep a silent connection open. The stream ends with its token or session, when the reader does not keep up, and when the server stops.`;

@AdminController('api/admin/stream', 'Evaluation')
export class ManagementStreamController {
  constructor(private readonly streams: ManagementStreams) {}

  /** Tells of every change, wherever somebody makes it, as server-sent events. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'admin.stream', description: STREAM })
  @ApiExtraModels(ManagedChangeDto)
  @ApiResponse({
    status: 200,
    description: 'Server-sent events; it does not end by itself.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example:
          'event: change\nid: 1205.b3e34f\ndata: {"revision":1205,"keys":["ui.dark_mode"],"tables":["environment_flags"]}\n\n',
      },
    },
  })
  stream(@RequestCaller() caller: Caller, @Req() { session }: FastifyRequest, @Res() reply: FastifyReply): void {
    this.streams.start(caller, session ?? null, reply);
  }
}
