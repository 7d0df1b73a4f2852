import { Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { slugNamed } from '@flagtree/engine';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { RequireRole } from '../../access/permissions.js';
import { StateStore } from '../follow/state-store.js';
import { AdminController } from '../../platform/http/management/admin-controller.js';
import { slicedPage } from '../../platform/http/management/beginning.js';
import { NUMBER, type Page, pageRead } from '../../platform/http/management/parameters/page.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { AuditEntryDto, AuditPageDto, AuditQuery } from './audit.dto.js';
import { auditEntries, type AuditFilter, type AuditRow } from './audit.queries.js';

@AdminController('api/flags/audit', 'Audit')
export class AuditController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
  ) {}

  /** Lists audit entries, newest first. Entries about tokens are told to who may see tokens: an admin of every environment. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'audit.list' })
  @ApiOkResponse({ type: AuditPageDto })
  async list(@Query() query: AuditQuery, @Req() { caller }: FastifyRequest): Promise<Page<AuditEntryDto>> {
    const filter = { ...(await this.named(query)), withTokens: caller?.managesTokens === true };
    const page = await pageRead(query, { key: NUMBER, of: ({ id }: AuditRow) => id }, (before, limit) =>
      auditEntries(this.dataSource.manager, filter, before, limit),
    );
    return runInSlices(slicedPage(page, ({ id }) => id, viewOf));
  }

  /** Entries hold slugs. One that was deleted is found by its slug. */
  private async named({ environment, ...filter }: AuditQuery): Promise<Omit<AuditFilter, 'withTokens'>> {
    return environment === undefined ? filter : { ...filter, environment: slugNamed(await this.store.current(), environment) };
  }
}

const ENTITIES: Record<string, string> = {
  environments: 'environment',
  flags: 'flag',
  environment_flags: 'environment-flag',
  segments: 'segment',
  tokens: 'token',
  checks: 'check',
  pipelines: 'pipeline',
  promotions: 'promotion',
};

function viewOf(row: AuditRow): AuditEntryDto {
  return {
    id: Number(row.id),
    revision: Number(row.revision),
    timestamp: row.at.toISOString(),
    user: row.actor,
    databaseUser: row.db_user,
    action: row.action,
    change: row.change,
    entity: ENTITIES[row.table_name] ?? row.table_name,
    flag: row.flag_key,
    environment: row.environment_slug,
    reason: row.reason,
    requestId: row.request_id,
    causationId: row.causation_id,
    remote: row.remote,
    token: row.token,
    before: row.before,
    after: row.after,
    hash: row.hash,
  };
}
