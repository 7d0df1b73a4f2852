import { boolJsonTag, FAILSAFE_SCHEMA, floatJsonTag, intJsonTag, load, nullCoreTag, Schema, YAMLException } from 'js-yaml';
import type { JsonValue } from '../engine.js';

/** Why a file cannot be read; lines and columns from 1. */
export interface Unreadable {
  rule: string;
  message: string;
  line: number;
  column: number;
}

export type Parsed = { value: JsonValue } | { unreadable: Unreadable };

const MAX_DEPTH = 100;
/** Nothing, `~` and `null` are null; truths and numbers are as JSON writes them; all else is text. */
const SCHEMA = new Schema([...FAILSAFE_SCHEMA.tags, nullCoreTag, boolJsonTag, intJsonTag, floatJsonTag]);

/**
 * The text as JSON has it: YAML 1.2 without what is not JSON. Dates, octal numbers and `yes` are text. Anchors may be there, but not be used: so
 * nothing stands for more than it is.
 */
export function parseFile(path: string, bytes: Buffer): Parsed {
  const text = decoded(bytes);
  if (text === null) return unreadable('not-utf8', 'The file is not UTF-8: save it as UTF-8.', 1);
  const conflict = conflictIn(text);
  if (conflict)
    return unreadable(
      'merge-conflict',
      `Git's conflict markers, lines ${conflict.first}–${conflict.last}: decide which side is right.`,
      conflict.first,
    );
  const lines = text.split('\n');
  if (lines.every((line) => /^\s*(?:#.*)?$/.test(line)))
    return unreadable('empty-file', 'There is nothing in it: write "flags:", or delete it.', 1);
  if (!path.endsWith('.json')) {
    const tab = lines.findIndex((line) => /^ *\t+ *[^\s#]/.test(line));
    if (tab >= 0)
      return unreadable('tab', 'A tab in the indentation: YAML takes spaces alone.', tab + 1, lines[tab]?.indexOf('\t'));
  }
  try {
    const value = load(text, { schema: SCHEMA, maxAliases: 0, maxDepth: MAX_DEPTH, json: false });
    const odd = oddIn(value, []);
    return odd ? unreadable(odd.rule, odd.message, 1) : { value: value as JsonValue };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return refused(error);
  }
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function unreadable(rule: string, message: string, line: number, column = 0): Parsed {
  return { unreadable: { rule, message, line, column: column + 1 } };
}

const OPENS = /^<{7}(?: |$)/;
const CLOSES = /^>{7}(?: |$)/;

function conflictIn(text: string): { first: number; last: number } | null {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => OPENS.test(line));
  if (first < 0) return null;
  const last = lines.findIndex((line, at) => at > first && CLOSES.test(line));
  return { first: first + 1, last: (last < 0 ? lines.length - 1 : last) + 1 };
}

/** In our words, where the parser's say little. */
function refused({ reason, mark }: YAMLException): Parsed {
  const [line, column] = [(mark?.line ?? 0) + 1, mark?.column ?? 0];
  if (/alias/i.test(reason)) return unreadable('alias', 'Aliases are not taken: write it out.', line, column);
  if (/duplicat/i.test(reason))
    return unreadable('duplicate-key', 'The same key stands here twice: keep one of them.', line, column);
  if (/depth|nest/i.test(reason)) return unreadable('too-deep', `It nests deeper than ${MAX_DEPTH} levels.`, line, column);
  if (/tag/i.test(reason)) return unreadable('tag', `Tags are not taken: ${reason}.`, line, column);
  return unreadable('not-yaml', `It is not YAML that can be read: ${reason}.`, line, column);
}

/** What no JSON has, or what a program could take for something else. */
function oddIn(value: unknown, path: (string | number)[]): { rule: string; message: string } | null {
  const where = path.join('.') || 'the file';
  if (typeof value === 'number' && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))))
    return { rule: 'inexact-number', message: `The number at ${where} cannot be told from its neighbours: write it as text.` };
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') return { rule: 'bad-key', message: `"__proto__" at ${where} is no key.` };
    const odd = oddIn(inner, [...path, name]);
    if (odd) return odd;
  }
  return null;
}
