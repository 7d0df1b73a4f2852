import type { State } from '@flagtree/engine';
import { Caller, type Token } from '../access/identity/caller.js';
import type { TokenDto } from './token.dto.js';

/** As answers say it: environments by slug, one that was deleted by its id. */
export function tokenView(token: Token, state: State, lastUsedAt: string | null): TokenDto {
  const { id: _id, publicId, version: _version, environmentIds: _ids, isOwn: _own, ...shown } = token;
  return { ...shown, environments: new Caller(token).scope(state), id: publicId, lastUsedAt };
}
