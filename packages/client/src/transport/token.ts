import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Token } from '../types/options.js';
import { TransportError } from './exchange.js';

/** Printable ASCII without spaces: what a header can hold. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text);
}

/** The token, as it is now. Its text stands in no message. @throws {TransportError} */
export async function readToken(token: Token): Promise<string> {
  if (typeof token === 'string') return token;
  const text = typeof token === 'function' ? await fromFunction(token) : await fromFile(token.file);
  if (!isToken(text))
    throw new TransportError('the token is empty, or holds what no token has: spaces, control characters or other than ASCII');
  return text;
}

async function fromFunction(token: () => string | Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (error) {
    throw new TransportError('the function that gives the token has thrown', { cause: error });
  }
}

async function fromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new TransportError(`the token cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Stands for a token where its text must not: its public id, else a digest. */
export function tokenId(token: string): string {
  const [, id] = /^ft_[a-z]+_([0-9A-Za-z]+)_/.exec(token) ?? [];
  return id ?? createHash('sha256').update(token).digest('hex').slice(0, 32);
}
