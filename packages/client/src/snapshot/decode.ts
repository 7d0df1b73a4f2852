import type { HeldDocument, Row } from './held-document.js';

/** What this client can read. */
export const FORMAT = 1 as const;
const MAX_DEPTH = 100;

/** A document, or why it is none that this client can use. */
export type Decoded = { readonly document: HeldDocument } | { readonly refused: string };

export function decodeText(text: string): Decoded {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const what = /^\s*</.test(text) ? 'it is HTML or XML, as a proxy would write it' : (error as Error).message;
    return { refused: `it is no JSON: ${what}` };
  }
  return decode(content);
}

export function decode(content: unknown): Decoded {
  if (!isObject(content)) return { refused: 'it is no object' };
  const { format, environment, aliases = [], chain = [environment], revision, etag, flags, segments } = content;
  if (format === undefined) return { refused: 'it does not say which format it has: it is none of a Flagtree server' };
  if (format !== FORMAT)
    return { refused: `its format is ${JSON.stringify(format)}, and this client reads ${FORMAT}: update the client` };
  if (typeof environment !== 'string' || environment === '') return { refused: 'it names no environment' };
  if (!areNames(aliases)) return { refused: 'its aliases are no list of names' };
  if (!areNames(chain)) return { refused: 'its chain is no list of names' };
  if (!Number.isSafeInteger(revision) || (revision as number) < 0) return { refused: 'its revision is no whole number' };
  if (typeof etag !== 'string' || !ETAG.test(etag)) return { refused: 'it has no etag' };
  if (!areRows(flags)) return { refused: 'its flags are no objects by key' };
  if (!areRows(segments)) return { refused: 'its segments are no objects by key' };
  if (isDeep(flags) || isDeep(segments)) return { refused: `it nests more than ${MAX_DEPTH} deep` };
  return { document: { format: FORMAT, environment, aliases, chain, revision: revision as number, etag, flags, segments } };
}

const ETAG = /^[\x21\x23-\x7e]{1,200}$/;

const areNames = (value: unknown): value is string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function areRows(value: unknown): value is Record<string, Row> {
  if (!isObject(value)) return false;
  for (const key in value) if (!isObject(value[key])) return false;
  // it would become the prototype of whatever it is copied to
  return !Object.hasOwn(value, '__proto__');
}

/** Whether it nests so deep that what walks through it could run out of stack. */
export function isDeep(value: object, levels = MAX_DEPTH): boolean {
  if (levels === 0) return true;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && member !== null && isDeep(member, levels - 1)) return true;
  }
  return false;
}
