import { Get, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notReached } from '../../audit/follow/not-reached.js';
import { StateStore } from '../../audit/follow/state-store.js';
import type { Snapshot } from '@flagtree/engine';
import { acceptsGzip } from '../../platform/http/accepts-gzip.js';
import { ApiProblem } from '../../platform/http/management/admin-controller.js';
import { hasAlready } from '../../platform/http/management/etag.js';
import { switchOf } from '../../platform/http/management/parameters/query-switch.js';
import { EvaluationController, RequestEnvironment } from '../environment/environment.interceptor.js';
import type { ResolvedEnvironment } from '../environment/request-environments.service.js';
import { leastRevisionOf } from './least-revision.js';
import { SnapshotDocuments } from '../snapshots/snapshot-documents.js';
import { DefectiveFlagDto, SnapshotDto, SnapshotFlagDto, SnapshotSegmentDto } from '../snapshots/snapshot.dto.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

/** How long a revision is waited for. */
const REACH_MS = 500;

@EvaluationController('api/feature-flags')
export class SnapshotController {
  constructor(
    private readonly documents: SnapshotDocuments,
    private readonly snapshots: SnapshotsService,
    private readonly store: StateStore,
  ) {}

  /** All that an evaluator outside of this server needs: resolved flags, and the segments they name. Compressed for who takes gzip. */
  @Get('snapshot')
  @ApiOperation({ operationId: 'evaluation.snapshot' })
  @ApiExtraModels(SnapshotFlagDto, DefectiveFlagDto, SnapshotSegmentDto)
  @ApiQuery({
    name: 'details',
    required: false,
    schema: { type: 'boolean' },
    description: 'With the names of rules, the descriptions of variants, and where each field and rule comes from (`sources`).',
  })
  @ApiQuery({
    name: 'minRevision',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    description:
      'The revision that the caller knows of, from another server or a stream: a server that has not seen it waits half a second for it, and answers 503 with Retry-After rather than something older. Not together with `at`.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of the snapshot that the caller has.' })
  @ApiOkResponse({
    type: SnapshotDto,
    headers: {
      ETag: { schema: { type: 'string' }, description: 'Changes with the content only. Weak (`W/`) for who accepts gzip.' },
    },
  })
  @ApiResponse({ status: 304, description: 'The caller has this content already.' })
  @ApiProblem(503, 'The past cannot be read while the database is away, or this server has not seen `minRevision` yet.')
  async snapshot(
    @RequestEnvironment() resolved: ResolvedEnvironment,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { details, minRevision } = request.query as { details?: unknown; minRevision?: unknown };
    const isPlain = !switchOf(details, 'details');
    const snapshot = await this.atLeast(leastRevisionOf(minRevision, resolved.instant), resolved.snapshot);
    const document = isPlain ? this.documents.plain(snapshot) : this.documents.detailed(snapshot);
    void reply.header('vary', `${String(reply.getHeader('vary'))}, Accept-Encoding`);
    const takesGzip = acceptsGzip(request);
    void reply.header('etag', takesGzip ? `W/${document.etag}` : document.etag);
    if (hasAlready(request, document.etag)) return void reply.status(304);
    void reply.type('application/json; charset=utf-8');
    const compressed = takesGzip ? await document.gzipped() : null;
    if (compressed === null) return document.bytes();
    void reply.header('content-encoding', 'gzip');
    return compressed;
  }

  /** @throws {Unavailable} when this server has not seen that revision in time. */
  private async atLeast(revision: number, snapshot: Snapshot): Promise<Snapshot> {
    if (snapshot.revision >= revision) return snapshot;
    await this.store.reach(revision, REACH_MS);
    const reached = this.snapshots.get(snapshot.environment);
    if (reached.revision >= revision) return reached;
    throw notReached(this.store.state, revision);
  }
}
