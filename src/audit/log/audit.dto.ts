import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { AUDIT_WORDS, type AuditWord, CHANGES } from './audit-words.js';
import { HistoryQuery } from './history-query.dto.js';
import { PageDto } from '../../platform/http/management/stored.dto.js';

export class AuditQuery extends HistoryQuery {
  /** What was meant (`enable`, `promote`), or what happened to the row (`updated`): an entry is found by either. */
  @IsOptional()
  @IsIn(AUDIT_WORDS)
  action?: AuditWord;
}

/** One changed row: who, what, when, why, before and after. */
export class AuditEntryDto {
  /** Gapless, in commit order. */
  id: number;
  /** The change that this row belongs to; a change has one revision. */
  revision: number;
  /** @example "2026-11-20T12:00:00.000Z" */
  @ApiProperty({ format: 'date-time' })
  timestamp: string;
  /** `token:<name>`, or `database:<user>` for a change made in SQL. */
  user: string;
  /** The session user of the database. */
  databaseUser: string;
  /** What a person means; else the same as `change`. */
  @ApiProperty({ enum: AUDIT_WORDS })
  action: string;
  /** What happened to the row. */
  @ApiProperty({ enum: CHANGES })
  change: string;
  /** @example "environment-flag" */
  entity: string;
  @ApiProperty({ type: String, nullable: true })
  flag: string | null;
  @ApiProperty({ type: String, nullable: true })
  environment: string | null;
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
  @ApiProperty({ type: String, nullable: true })
  requestId: string | null;
  @ApiProperty({ type: String, nullable: true })
  causationId: string | null;
  /** The address of the caller; null when it was written in SQL. */
  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  remote: string | null;
  /** The public id of the token, as in `ft_admin_<id>_…`. */
  @ApiProperty({ type: String, nullable: true })
  token: string | null;
  /** The stored row before; null when it was created. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  before: object | null;
  /** The stored row after; null when it was deleted. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  after: object | null;
  /** SHA-256 over the hash of the entry before and this entry, in hex. */
  hash: string;
}

export class AuditPageDto extends PageDto {
  items: AuditEntryDto[];
}
