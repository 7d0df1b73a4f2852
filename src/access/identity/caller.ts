import { chainOf, CircularEnvironmentInheritanceError, type Environment, type JsonObject, type State } from '@flagtree/engine';
import type { TokenKind } from './token-text.js';
import { type Role, roleCovers } from './roles.js';

/** A token as it is stored, less its secret. `environmentIds` null: all of them; one that was deleted is one of them still, and gives nothing. */
export interface Token {
  id: string;
  publicId: string;
  name: string;
  kind: TokenKind;
  role: Role | null;
  environmentIds: readonly string[] | null;
  includeDescendants: boolean;
  /** Of a browser token: to it only the flags exist that bear one of them. */
  flagTags: readonly string[] | null;
  expiresAt: string | null;
  revokedAt: string | null;
  createdBy: string | null;
  createdAt: string;
  version: number;
  /** Made by the server itself, for its owner. */
  isOwn: boolean;
}

export function tokenFromRow(row: JsonObject): Token {
  const instant = (value: unknown) => (typeof value === 'string' ? new Date(value).toISOString() : null);
  return {
    id: row['id'] as string,
    publicId: row['public_id'] as string,
    name: row['name'] as string,
    kind: row['kind'] as TokenKind,
    role: row['role'] as Role | null,
    environmentIds: row['environment_ids'] as string[] | null,
    includeDescendants: row['include_descendants'] as boolean,
    flagTags: (row['flag_tags'] ?? null) as string[] | null,
    expiresAt: instant(row['expires_at']),
    revokedAt: instant(row['revoked_at']),
    createdBy: row['created_by'] as string | null,
    createdAt: instant(row['created_at']) ?? '',
    version: Number(row['version']),
    isOwn: row['is_own'] === true,
  };
}

/** Who sends this request, and what that token may see and write. */
export class Caller {
  constructor(readonly token: Token) {}

  /** How the audit log names this caller. */
  get actor(): string {
    return `token:${this.token.name}`;
  }

  get tokenId(): string {
    return this.token.id;
  }

  get kind(): TokenKind {
    return this.token.kind;
  }

  get role(): Role | null {
    return this.token.role;
  }

  /** Its token is meant to be read by anybody, as one in a web page is. */
  get isPublic(): boolean {
    return this.token.kind === 'browser';
  }

  has(role: Role): boolean {
    return roleCovers(this.token.role, role);
  }

  /** The environment that this token alone names, when it names exactly one and none of its descendants: its slug, its id when it is gone. */
  onlyEnvironment(state: State): string | null {
    const [only, ...others] = this.token.environmentIds ?? [];
    if (only === undefined || others.length > 0 || this.token.includeDescendants) return null;
    return nameOf(state, only);
  }

  /** The environments that its token names, null: all. */
  scope(state: State): string[] | null {
    return this.token.environmentIds?.map((id) => nameOf(state, id)) ?? null;
  }

  /** Whether the environment lies in the token's scope. */
  maySee(state: State, environment: Environment): boolean {
    const scope = this.token.environmentIds;
    if (scope === null || scope.includes(environment.id)) return true;
    try {
      return this.token.includeDescendants && chainOf(state, environment).some(({ id }) => scope.includes(id));
    } catch (error) {
      // On a cycle nobody can say whose descendant it is.
      if (error instanceof CircularEnvironmentInheritanceError) return false;
      throw error;
    }
  }

  /** Sees tokens, makes and revokes them: whoever is limited must not make a token that is not. */
  get managesTokens(): boolean {
    return this.has('admin') && this.unlimited;
  }

  get unlimited(): boolean {
    return this.token.environmentIds === null;
  }
}

/** Its slug; of an environment that was deleted, its id. */
const nameOf = ({ environments }: State, id: string) => environments.get(id)?.slug ?? id;
