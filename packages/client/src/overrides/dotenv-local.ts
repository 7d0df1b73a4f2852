import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The variables of `.env.local`; none where it is not there or cannot be read. Nothing is written to the process's environment. */
export function dotenvLocal(directory: string): NodeJS.Dict<string> {
  let text: string;
  try {
    text = readFileSync(join(directory, '.env.local'), 'utf8');
  } catch {
    return {};
  }
  return parseEnv(text);
}

/** A developer's file has no say where it would surprise: in production, and in tests. */
export function readsDotenvLocal(nodeEnv: string | undefined): boolean {
  return nodeEnv !== 'production' && nodeEnv !== 'test';
}
