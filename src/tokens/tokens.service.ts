import { Injectable } from '@nestjs/common';
import { Caller, type Token, tokenFromRow } from '../access/identity/caller.js';
import { TokenRegistry } from '../access/identity/token-registry.js';
import { isSameName } from '../access/identity/token-names.js';
import { generateToken } from '../access/identity/token-text.js';
import type { Change } from '../audit/change/change.js';
import { environmentNamed, type JsonObject } from '@flagtree/engine';
import { Conflict, Forbidden, NotFound, Unprocessable } from '../platform/http/problems/problem.js';
import type { CreateTokenDto } from './token.dto.js';
import { TokenEntity } from './token.entity.js';
import { tokenDefects } from './token-defects.js';
import { tokenView } from './token-view.js';

/** A token as a change has just written it, with the text that is shown once. */
export interface IssuedToken {
  token: Token;
  text: string;
}

@Injectable()
export class TokensService {
  constructor(private readonly registry: TokenRegistry) {}

  async create(change: Change, dto: CreateTokenDto): Promise<IssuedToken> {
    assertManagesTokens(change.caller);
    const { now } = change;
    const defects = tokenDefects(change.state, dto, now);
    if (defects.length > 0)
      throw new Unprocessable('invalid-token', defects[0]?.detail ?? 'This token could not be used.', defects);
    this.assertFree(dto.name, now);
    const { text, publicId, sha256 } = generateToken(dto.kind);
    await change.manager.insert(TokenEntity, {
      name: dto.name,
      kind: dto.kind,
      role: dto.role ?? null,
      environmentIds: dto.environments ? idsOf(change, dto.environments) : null,
      includeDescendants: dto.includeDescendants ?? false,
      flagTags: dto.flagTags ? [...new Set(dto.flagTags)] : null,
      publicId,
      secretSha256: Buffer.from(sha256, 'hex'),
      expiresAt: dto.expiresAt ?? null,
    });
    return { token: await writtenToken(change), text };
  }

  /** Gives the token a new secret; the old one stops working with this change. */
  async rotate(change: Change, publicId: string): Promise<IssuedToken> {
    assertManagesTokens(change.caller);
    const current = this.require(publicId).token;
    change.assertUnchanged(tokenView(current, change.state, null));
    if (current.revokedAt !== null)
      throw new Conflict('token-revoked', `The token "${current.name}" was revoked at ${current.revokedAt}: create a new one.`);
    const { text, publicId: newId, sha256 } = generateToken(current.kind);
    await change.manager.update(TokenEntity, { id: current.id }, { publicId: newId, secretSha256: Buffer.from(sha256, 'hex') });
    return { token: await writtenToken(change), text };
  }

  /** From this change on the token is refused, everywhere. It stays in the list, for those who read the log. */
  async revoke(change: Change, publicId: string): Promise<void> {
    assertManagesTokens(change.caller);
    const { token } = this.require(publicId);
    change.assertUnchanged(tokenView(token, change.state, null));
    if (token.revokedAt === null)
      await change.manager.update(TokenEntity, { id: token.id }, { revokedAt: change.now.toISOString() });
    await change.sync();
  }

  /** The log tells tokens apart by their names. One that is over has let go of its own. @throws {Conflict} */
  private assertFree(name: string, now: Date): void {
    const holder = this.registry.allInForce(now).find(({ token }) => isSameName(token.name, name));
    if (!holder) return;
    throw new Conflict(
      'token-name-taken',
      `The token ${holder.token.publicId}, which is in force, has the name "${holder.token.name}": take another one, or revoke that token.`,
    );
  }

  /** @throws {NotFound} */
  require(publicId: string): Caller {
    const caller = this.registry.list().find(({ token }) => token.publicId === publicId);
    if (caller) return caller;
    throw new NotFound('token-not-found', `There is no token "${publicId}": see GET /api/admin/tokens for those there are.`);
  }
}

/** @throws {Forbidden} for whoever is limited to some environments. */
export function assertManagesTokens(caller: Caller | undefined): asserts caller is Caller {
  if (caller?.managesTokens) return;
  throw new Forbidden(
    'environment-out-of-scope',
    `The token "${caller?.token.name ?? ''}" is limited to some environments, and so neither sees nor manages tokens.`,
  );
}

/** Whatever the request calls them: each once. */
function idsOf({ state }: Change, names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => environmentNamed(state, name)?.id ?? []))];
}

async function writtenToken(change: Change): Promise<Token> {
  await change.sync();
  const row = change.entries.findLast(({ table }) => table === 'tokens')?.after as JsonObject;
  return tokenFromRow(row);
}
