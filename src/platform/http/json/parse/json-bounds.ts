import type { Interruptible } from '@flagtree/engine';
import { Invalid } from '../../problems/problem.js';
import { Refused } from '../../problems/refused.js';
import { MAX_JSON_DEPTH } from './strict-json.js';

/** Values and keys of one document together: each costs far more memory than the bytes that it comes in. */
export const MAX_JSON_VALUES = 3_000_000;

/** So many bytes are looked at in one go. */
const BREATH = 65_536;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c] as const;
const [ARRAY, END_OF_ARRAY, OBJECT, END_OF_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** Counts what a JSON text would make, before anything is made of it. @throws {Invalid} for depth, {Refused} for number */
export function* assertBounded(bytes: Buffer): Interruptible<void> {
  let depth = 0;
  let count = 1;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (at % BREATH === 0) yield;
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === COMMA || byte === COLON) count++;
    else if (byte === ARRAY || byte === OBJECT) {
      count++;
      depth++;
    } else if (byte === END_OF_ARRAY || byte === END_OF_OBJECT) depth--;
    if (depth > MAX_JSON_DEPTH)
      throw new Invalid('json-too-deep', `The body nests deeper than ${String(MAX_JSON_DEPTH)} levels: flatten it.`);
    if (count > MAX_JSON_VALUES)
      throw new Refused(
        413,
        'too-many-values',
        `The body has more than ${String(MAX_JSON_VALUES)} values and keys: send it in several parts.`,
      );
  }
}
