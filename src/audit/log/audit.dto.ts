import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { validateInstant } from '@flagtree/engine';
import { PageQuery } from '../../platform/http/management/parameters/page.dto.js';
import { Satisfies } from '../../platform/http/management/parameters/validation.js';
import { AUDIT_WORDS, type AuditWord, CHANGES } from './audit-words.js';

export class AuditQuery extends PageQuery {
  /** The key of a flag. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  flag?: string;

  /** An environment, by slug, alias or id; one that was deleted by its slug. */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  environment?: string;

  /** Who did it, as `user` of an entry names it. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  actor?: string;

  /** What was meant (`enable`, `promote`), or what happened to the row (`updated`): an entry is found by either. */
  @IsOptional()
  @IsIn(AUDIT_WORDS)
  action?: AuditWord;

  /** Not before this instant (RFC 3339). */
  @IsOptional()
  @Satisfies(validateInstant)
  since?: string;

  /** Before this instant (RFC 3339). */
  @IsOptional()
  @Satisfies(validateInstant)
  until?: string;
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

export class AuditPageDto {
  items: AuditEntryDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
