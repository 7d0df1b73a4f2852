import { IsString, Length } from 'class-validator';
import type { Role } from '../access/identity/roles.js';

export class SignInDto {
  /** An admin token, whole. It is exchanged for the session, and not kept. */
  @IsString()
  @Length(1, 500)
  token: string;
}

/** Who is signed in, and what that lets them do. */
export class MeDto {
  /** The name of the token. The audit log has it. */
  name: string;
  role: Role;
  /** The environments that it is limited to; null: none. */
  environments: string[] | null;
  /** Also those below them. */
  includeDescendants: boolean;
  /** When the session ends whatever happens; null: a token was sent. */
  expiresAt: string | null;
}

export class SessionDto {
  id: string;
  /** The one by which this was asked. */
  isThis: boolean;
  userAgent: string | null;
  createdAt: string;
  /** To within a minute or so. */
  seenAt: string;
  expiresAt: string;
}

export class SessionsDto {
  items: SessionDto[];
}
