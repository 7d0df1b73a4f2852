import { isUtf8 } from 'node:buffer';
import { type Defect, pointerTo } from '@flagtree/engine';
import { Invalid } from '../../problems/problem.js';
import { type Flaw, keyFlaws, numberFlaw, textFlaws } from './strict-text.js';

/** Deeper JSON than any rule or context needs; checked before parsing, since what comes after parsing may recurse. */
export const MAX_JSON_DEPTH = 64;

export const MAX_DEFECTS = 20;

/** Editors of Windows put it before a text: it is passed over, once. */
export const BYTE_ORDER_MARK = 0xfeff;

export interface ParsedJson {
  text: string;
  /** Undefined: the body is empty. */
  value: unknown;
}

/**
 * Parses a request body. Refuses bytes that are not UTF-8, nesting beyond `MAX_JSON_DEPTH`, and what is not JSON.
 * @throws {Invalid}
 */
export function parseJson(bytes: Buffer): ParsedJson {
  if (bytes.length === 0) return { text: '', value: undefined };
  if (!isUtf8(bytes)) throw new Invalid('invalid-utf8', 'The body is not valid UTF-8: send JSON encoded as UTF-8.');
  const marked = bytes.toString('utf8');
  const text = marked.charCodeAt(0) === BYTE_ORDER_MARK ? marked.slice(1) : marked;
  if (text === '') return { text, value: undefined };
  if (mayExceedDepth(text, MAX_JSON_DEPTH) && exceedsDepth(bytes, MAX_JSON_DEPTH)) {
    throw new Invalid('json-too-deep', `The body nests deeper than ${String(MAX_JSON_DEPTH)} levels: flatten it.`);
  }
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch (error) {
    throw new Invalid('invalid-json', `The body is not valid JSON: ${(error as Error).message}.`);
  }
}

/** Whether there are brackets enough for it at all: an evaluation's body has a handful, and to find these is far cheaper than a walk. */
function mayExceedDepth(text: string, limit: number): boolean {
  let left = limit;
  for (const opening of ['{', '[']) {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) if (left-- === 0) return true;
  }
  return false;
}

function exceedsDepth(bytes: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c /* \ */) at++;
      else if (byte === 0x22 /* " */) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b /* { */ || byte === 0x5b /* [ */) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

type Container = { kind: 'object'; keys: Set<string>; key: string | null } | { kind: 'array'; index: number };

/**
 * What `JSON.parse` silently accepts and a stored configuration must not hold: repeated keys, `__proto__`, NUL characters,
 * unpaired surrogates (PostgreSQL refuses both), numbers that lose digits. `text` is known to be valid JSON. `codes`: only these.
 */
export function strictJsonDefects(text: string, codes?: readonly string[]): Defect[] {
  const defects: Defect[] = [];
  const stack: Container[] = [];
  const report = ([code, detail]: Flaw) => {
    if (defects.length < MAX_DEFECTS && codes?.includes(code) !== false)
      defects.push({ pointer: pointerOf(stack.map(stepOf)), code, detail });
  };
  const token = /[{}[\],]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [lexeme] = match;
    const top = stack.at(-1);
    if (lexeme === '{') stack.push({ kind: 'object', keys: new Set(), key: null });
    else if (lexeme === '[') stack.push({ kind: 'array', index: 0 });
    else if (lexeme === '}' || lexeme === ']') stack.pop();
    else if (lexeme === ',') {
      if (top?.kind === 'array') top.index++;
      else if (top) top.key = null;
    } else if (lexeme.startsWith('"')) {
      const value = lexeme.includes('\\') ? (JSON.parse(lexeme) as string) : lexeme.slice(1, -1);
      if (top?.kind === 'object' && top.key === null) {
        top.key = value;
        keyFlaws(value, top.keys.has(value)).forEach(report);
        top.keys.add(value);
      } else textFlaws(value).forEach(report);
    } else {
      const flaw = numberFlaw(lexeme, Number(lexeme));
      if (flaw !== null) report(flaw);
    }
  }
  return defects;
}

const stepOf = (container: Container) => (container.kind === 'array' ? container.index : (container.key ?? ''));

/** Of keys and indexes from the root on. */
export function pointerOf(steps: readonly (string | number)[]): string {
  return steps.map((step) => pointerTo('', String(step)).toWellFormed().replaceAll('\0', '\\u0000')).join('');
}
