import { hash, randomBytes } from 'node:crypto';

export const TOKEN_KINDS = ['client', 'browser', 'admin'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A new token: `text` is shown once, `sha256` (hex) is all that is stored of its 256-bit secret, `publicId` names it. */
export function generateToken(kind: TokenKind): { text: string; publicId: string; sha256: string } {
  const publicId = randomBytes(6).toString('hex');
  const text = `ft_${kind}_${publicId}_${randomBytes(32).toString('hex')}`;
  return { text, publicId, sha256: sha256Of(text) };
}

export const sha256Of = (text: string) => hash('sha256', text, 'hex');

/** The public id within a token of our own form; null for a text that somebody chose himself. */
export function publicIdOf(text: string): string | null {
  return /^ft_(?:client|browser|admin)_([0-9a-z]{6,32})_[0-9A-Za-z]{32,}$/.exec(text)?.[1] ?? null;
}
