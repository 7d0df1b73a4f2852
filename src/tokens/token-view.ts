import type { Token } from '../access/caller.js';
import type { TokenDto } from './token.dto.js';

export function tokenView(token: Token, lastUsedAt: string | null): TokenDto {
  const { id: _id, publicId, version: _version, ...shown } = token;
  return { ...shown, id: publicId, lastUsedAt };
}
