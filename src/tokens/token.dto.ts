import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsString, Length } from 'class-validator';
import { type Role, ROLES } from '../access/identity/roles.js';
import { TOKEN_KINDS, type TokenKind } from '../access/identity/token-text.js';
import { validateInstant } from '@flagtree/engine';
import { MayBeAbsent, MayBeNull, Satisfies } from '../platform/http/management/parameters/validation.js';
import { EnvironmentNames } from '../platform/http/management/parameters/environment-name.js';
import { Reason } from '../platform/http/management/parameters/texts.js';
import { PageDto } from '../platform/http/management/stored.dto.js';

export class CreateTokenDto {
  /** How the audit log names whoever uses it. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'checkout-service' })
  name: string;

  /** `client` evaluates, in the environments that it names; `browser` is for web pages, and no secret; `admin` manages, as its role allows. */
  @IsIn(TOKEN_KINDS)
  @ApiProperty({ enum: TOKEN_KINDS })
  kind: TokenKind;

  /** Of an admin token: each role may do all that the ones before it may. */
  @MayBeNull()
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES, nullable: true, required: false })
  role?: Role | null;

  /** A client token names at least one, a browser token one; an admin token without any may write all of them. */
  @MayBeNull()
  @ArrayMinSize(1)
  @EnvironmentNames({ max: 100 })
  @ApiProperty({ type: [String], nullable: true, required: false, example: ['production'] })
  environments?: string[] | null;

  /** The environments' descendants, too, also those that are made later. */
  @MayBeAbsent()
  @IsBoolean()
  includeDescendants?: boolean;

  /** Of a browser token, which has to name at least one: the flags that bear one of these tags; to the page there are no others. */
  @MayBeNull()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  @ApiProperty({ type: [String], nullable: true, required: false, example: ['web'] })
  flagTags?: string[] | null;

  /** When it stops working (RFC 3339); null for never. */
  @MayBeAbsent()
  @Satisfies(validateInstant)
  @ApiProperty({ type: String, format: 'date-time', nullable: true, required: false })
  expiresAt?: string | null;

  @Reason()
  reason?: string;
}

/** Of a token everything but its secret. */
export class TokenDto {
  /** The public part of the token: it stands in the token's text. */
  @ApiProperty({ example: '1f0c9a7b52d4' })
  id: string;
  name: string;
  @ApiProperty({ enum: TOKEN_KINDS })
  kind: TokenKind;
  @ApiProperty({ enum: ROLES, nullable: true })
  role: Role | null;
  @ApiProperty({ type: [String], nullable: true })
  environments: readonly string[] | null;
  includeDescendants: boolean;
  /** Of a browser token: the flags that it sees bear one of these. */
  @ApiProperty({ type: [String], nullable: true })
  flagTags: readonly string[] | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: string | null;
  @ApiProperty({ type: String, nullable: true })
  createdBy: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  /** To the minute or so. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastUsedAt: string | null;
}

export class NewTokenDto extends TokenDto {
  /** The token itself. It is shown this once and cannot be read again; absent when an earlier answer is repeated. */
  token?: string;
}

export class TokenPageDto extends PageDto {
  items: TokenDto[];
}
