import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../errors.js';
import type { Settings } from '../settings/settings.js';
import { decode, decodeText } from '../snapshot/decode.js';
import type { HeldDocument } from '../snapshot/held-document.js';

/** The document to begin with; null: there is none. @throws {ConfigurationError} when it is named and cannot be used */
export function readBootstrap(bootstrap: Settings['bootstrap']): HeldDocument | null {
  if (bootstrap === null) return null;
  const [name, decoded] =
    'path' in bootstrap
      ? [`bootstrap "${bootstrap.path}"`, decodeText(textOf(bootstrap.path))]
      : ['bootstrap', decode(bootstrap.document)];
  if ('refused' in decoded) throw new ConfigurationError([`${name} cannot be used: ${decoded.refused}`]);
  return decoded.document;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`bootstrap "${path}" cannot be read: ${(error as Error).message}`]);
  }
}
