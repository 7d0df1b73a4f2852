import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { slugNamed } from '@flagtree/engine';
import { DataSource } from 'typeorm';
import { RequireRole } from '../../access/permissions.js';
import { StateStore } from '../follow/state-store.js';
import { AdminController } from '../../platform/http/management/admin-controller.js';
import { type Page, readCursor, writeCursor } from '../../platform/http/management/parameters/page.js';
import { Invalid } from '../../platform/http/problems/problem.js';
import { AuditEntryDto, AuditPageDto, AuditQuery } from './audit.dto.js';
import { auditEntries, type AuditFilter, type AuditRow } from './audit.queries.js';

@AdminController('api/flags/audit', 'Audit')
export class AuditController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
  ) {}

  /** Lists audit entries, newest first. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'audit.list' })
  @ApiOkResponse({ type: AuditPageDto })
  async list(@Query() query: AuditQuery): Promise<Page<AuditEntryDto>> {
    const rows = await auditEntries(
      this.dataSource.manager,
      await this.named(query),
      query.cursor === undefined ? null : entryId(query.cursor),
      query.limit + 1,
    );
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return { items: page.map(viewOf), nextCursor: last && rows.length > page.length ? writeCursor(last.id) : null };
  }

  /** Entries hold slugs. One that was deleted is found by its slug. */
  private async named({ environment, ...filter }: AuditQuery): Promise<AuditFilter> {
    return environment === undefined ? filter : { ...filter, environment: slugNamed(await this.store.current(), environment) };
  }
}

function entryId(cursor: string): number {
  const id = Number(readCursor(cursor));
  if (!Number.isSafeInteger(id)) throw new Invalid('invalid-cursor', 'This is not a cursor of the audit list.');
  return id;
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
    before: withoutSecret(row.before),
    after: withoutSecret(row.after),
    hash: row.hash,
  };
}

/** A digest of a secret is no secret, but nobody needs it either. */
function withoutSecret(row: object | null): object | null {
  if (row === null || !('secret_sha256' in row)) return row;
  const { secret_sha256: _secret, ...rest } = row;
  return rest;
}
