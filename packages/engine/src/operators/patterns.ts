import { RE2JS } from 're2js';

export interface Pattern {
  test(text: string): boolean;
  /** How many instructions its program has: a character may cost as much as all of them. */
  programSize(): number;
}

export const MAX_PATTERN_LENGTH = 512;

const KEPT_PATTERNS = 1000;
const compiled = new Map<string, RE2JS | string>();

/** An RE2 program that searches anywhere in a text, or why the pattern is none. Compiled once for validation and evaluation. */
export function parsePattern(pattern: string, ignoreCase: boolean): Pattern | string {
  if (pattern.length > MAX_PATTERN_LENGTH) return `a pattern has at most ${MAX_PATTERN_LENGTH} characters`;
  const key = (ignoreCase ? 'i' : '-') + pattern;
  let result = compiled.get(key);
  if (result === undefined) {
    if (compiled.size >= KEPT_PATTERNS) compiled.clear();
    result = compile(pattern, ignoreCase);
    compiled.set(key, result);
  }
  return result;
}

function compile(pattern: string, ignoreCase: boolean): RE2JS | string {
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
