import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../access/identity/roles.js';
import { TOKEN_KINDS, type TokenKind } from '../access/identity/token-text.js';

/** Of the token that asks, without its secret. */
export class WhoamiDto {
  /** The public part of the token: it stands in the token's text. */
  @ApiProperty({ example: '1f0c9a7b52d4' })
  id: string;
  name: string;
  /** How the audit log names whoever uses it. */
  @ApiProperty({ example: 'token:ci' })
  actor: string;
  @ApiProperty({ enum: TOKEN_KINDS })
  kind: TokenKind;
  @ApiProperty({ enum: ROLES, nullable: true })
  role: Role | null;
  /** Where it counts, by slug; null: everywhere. */
  @ApiProperty({ type: [String], nullable: true })
  environments: readonly string[] | null;
  includeDescendants: boolean;
  /** Of a browser token: to it only the flags exist that bear one of them; null: of another one. */
  @ApiProperty({ type: [String], nullable: true })
  flagTags: readonly string[] | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class ServerCountsDto {
  @ApiProperty({ type: 'integer' })
  environments: number;
  /** In use. */
  @ApiProperty({ type: 'integer' })
  flags: number;
  /** No longer evaluated; their keys stay taken. */
  @ApiProperty({ type: 'integer' })
  archivedFlags: number;
  /** Named sets of conditions. */
  @ApiProperty({ type: 'integer' })
  segments: number;
}

/** How the environment of a request is found. */
export class ServerEnvironmentDto {
  /** That of a request which names none. */
  default: string;
  /** False: the chain is the environment alone. */
  inheritance: boolean;
  /** False: it is always the default. */
  detection: boolean;
  /** The header that names one. */
  header: string;
  /** Null: the query is not looked at. */
  @ApiProperty({ type: String, nullable: true })
  queryParam: string | null;
  /** Null: every environment. */
  @ApiProperty({ type: [String], nullable: true })
  allowed: string[] | null;
}

export class ServerLimitsDto {
  /** Of the body of a request. */
  @ApiProperty({ type: 'integer' })
  bodyBytes: number;
  /** Of the body of an import. */
  @ApiProperty({ type: 'integer' })
  importBytes: number;
  /** Event streams that may be open at once. */
  @ApiProperty({ type: 'integer' })
  streams: number;
  /** The same of one token. */
  @ApiProperty({ type: 'integer' })
  streamsPerToken: number;
  /** How much of everything there may be. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } })
  sizes: Record<string, number>;
}

export class ServerDatabaseDto {
  /** `private`: the one that this server runs itself. */
  @ApiProperty({ enum: ['private', 'external'] })
  kind: 'private' | 'external';
  @ApiProperty({ enum: ['up', 'degraded', 'down'] })
  status: 'up' | 'degraded' | 'down';
}

export class ServerDto {
  version: string;
  /** What runs it. */
  @ApiProperty({ example: 'v22.13.0' })
  node: string;
  /** Its clock. */
  @ApiProperty({ format: 'date-time' })
  time: string;
  /** The newest one that it knows. */
  @ApiProperty({ type: 'integer' })
  revision: number;
  /** How much there is. */
  counts: ServerCountsDto;
  environment: ServerEnvironmentDto;
  /** What it takes at most. */
  limits: ServerLimitsDto;
  /** Where it keeps everything. */
  database: ServerDatabaseDto;
  /** What stands before every URL of an answer; null: what the request says. */
  @ApiProperty({ type: String, nullable: true })
  publicUrl: string | null;
}
