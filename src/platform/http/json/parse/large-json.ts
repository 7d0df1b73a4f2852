import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Defect, Interruptible } from '@flagtree/engine';
import { getHeapStatistics } from 'node:v8';
import { Invalid, Unavailable } from '../../problems/problem.js';
import { Refused } from '../../problems/refused.js';
import { assertBounded } from './json-bounds.js';
import { MAX_DEFECTS, pointerOf } from './strict-json.js';
import { type Flaw, keyFlaws, numberFlaw, textFlaws } from './strict-text.js';

/** Of one text or number, in bytes. */
export const MAX_TOKEN_BYTES = 1_048_576;

/** So many bytes and tokens are read in one go: about a millisecond. */
const BREATH = 16_384;

/** Of the heap that the process may have, so much may be in use while a document is read. */
const MOST_OF_HEAP = 0.8;

export interface LargeJson {
  value: unknown;
  /** What `strictJsonDefects` says of the same text. */
  defects: Defect[];
  /** Hex, of the bytes as they were sent. */
  sha256: string;
}

/**
 * Reads a document of any size a little at a time, as `JSON.parse` and `strictJsonDefects` would at once, within bounds of memory.
 * @throws {Invalid} for what is no JSON, {Refused} for what is too large, {Unavailable} where there is no room for it just now
 */
export function* readLargeJson(bytes: Buffer): Interruptible<LargeJson> {
  if (!isUtf8(bytes)) throw new Invalid('invalid-utf8', 'The body is not valid UTF-8: send JSON encoded as UTF-8.');
  yield* assertBounded(bytes);
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += 65_536) {
    hash.update(bytes.subarray(at, at + 65_536));
    yield;
  }
  const reader = new Reader(bytes);
  for (let until = BREATH; !reader.isDone; until += BREATH) {
    reader.readTo(until);
    assertRoom();
    yield;
  }
  return { value: reader.value, defects: reader.defects, sha256: hash.digest('hex') };
}

function assertRoom(): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used < MOST_OF_HEAP * limit) return;
  throw new Unavailable('memory-short', 'There is no room for so large a body just now: send it later, or in several parts.', 10);
}

type Container = { kind: 'array'; value: unknown[] } | { kind: 'object'; value: Record<string, unknown>; key: string };

/** What the grammar allows next. */
type Next = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

class Reader {
  readonly defects: Defect[] = [];
  value: unknown = undefined;
  isDone = false;
  private at: number;
  private steps = 0;
  private next: Next = 'value';
  private readonly stack: Container[] = [];

  constructor(private readonly bytes: Buffer) {
    this.at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** Until so many steps are done since the beginning. */
  readTo(steps: number): void {
    while (this.steps < steps) {
      const byte = this.bytes[this.at];
      if (byte === undefined) {
        if (this.next !== 'nothing') this.fail();
        this.isDone = true;
        return;
      }
      this.steps++;
      if (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB) this.at++;
      else this.take(byte);
    }
  }

  private take(byte: number): void {
    const { next } = this;
    if (next === 'value' || (next === 'value or end' && byte !== END_OF_ARRAY)) this.begin(byte);
    else if ((next === 'key' || next === 'key or end') && byte === QUOTE) this.takeKey();
    else if (next === 'colon' && byte === COLON) this.step('value');
    else if (next === 'comma or end' && byte === COMMA) this.step(this.top?.kind === 'array' ? 'value' : 'key');
    else if (next.endsWith('or end') && byte === (this.top?.kind === 'array' ? END_OF_ARRAY : END_OF_OBJECT)) this.leave();
    else this.fail();
  }

  private get top(): Container | undefined {
    return this.stack[this.stack.length - 1];
  }

  private step(next: Next): void {
    this.at++;
    this.next = next;
  }

  private begin(byte: number): void {
    if (byte === ARRAY) this.enter({ kind: 'array', value: [] }, 'value or end');
    else if (byte === OBJECT) this.enter({ kind: 'object', value: {}, key: '' }, 'key or end');
    else if (byte === QUOTE) {
      const text = this.text();
      for (const flaw of textFlaws(text)) this.report(flaw);
      this.put(text);
    } else this.put(this.scalar());
  }

  private enter(container: Container, next: Next): void {
    this.stack.push(container);
    this.step(next);
  }

  private leave(): void {
    const { value } = this.stack.pop() as Container;
    this.at++;
    this.put(value);
  }

  /** A value is whole: it goes where it belongs. */
  private put(value: unknown): void {
    const { top } = this;
    this.next = top === undefined ? 'nothing' : 'comma or end';
    if (top === undefined) this.value = value;
    else if (top.kind === 'array') top.value.push(value);
    else if (top.key === '__proto__')
      Object.defineProperty(top.value, top.key, { value, enumerable: true, configurable: true, writable: true });
    else top.value[top.key] = value;
  }

  private takeKey(): void {
    const object = this.top as Container & { kind: 'object' };
    object.key = this.text();
    for (const flaw of keyFlaws(object.key, Object.hasOwn(object.value, object.key))) this.report(flaw);
    this.next = 'colon';
  }

  /** The text that begins with the quote at `at`. */
  private text(): string {
    const { bytes } = this;
    const from = this.at + 1;
    let at = from;
    let isPlain = true;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
      if (byte === undefined || byte < SPACE) this.fail(at);
      if (byte === BACKSLASH) at++;
      if (byte === BACKSLASH || byte >= 0x80) isPlain = false;
      at++;
      if (at - from > MAX_TOKEN_BYTES) this.refuseToken();
    }
    this.pass(at + 1);
    if (isPlain) return bytes.toString('latin1', from, at);
    try {
      return JSON.parse(bytes.toString('utf8', from - 1, at + 1)) as string;
    } catch {
      return this.fail(from - 1);
    }
  }

  /** A number, true, false or null. */
  private scalar(): number | boolean | null {
    const { bytes, at: from } = this;
    let at = from;
    while (IN_SCALARS.has(bytes[at] ?? 0)) if (++at - from > MAX_TOKEN_BYTES) this.refuseToken();
    const lexeme = bytes.toString('latin1', from, at);
    if (lexeme === 'true' || lexeme === 'false' || lexeme === 'null') {
      this.pass(at);
      return lexeme === 'null' ? null : lexeme === 'true';
    }
    if (!NUMBER.test(lexeme)) this.fail(from);
    this.pass(at);
    const value = Number(lexeme);
    const flaw = numberFlaw(lexeme, value);
    if (flaw !== null) this.report(flaw);
    return value;
  }

  private pass(to: number): void {
    this.steps += to - this.at;
    this.at = to;
  }

  private refuseToken(): never {
    throw new Refused(413, 'value-too-large', `One text or number of the body is longer than ${String(MAX_TOKEN_BYTES)} bytes.`);
  }

  private report([code, detail]: Flaw): void {
    if (this.defects.length === MAX_DEFECTS) return;
    const steps = this.stack.map((container) => (container.kind === 'array' ? container.value.length : container.key));
    this.defects.push({ pointer: pointerOf(steps), code, detail });
  }

  private fail(at = this.at): never {
    const what = at >= this.bytes.length ? 'it ends too early' : `there is something unexpected at byte ${String(at)}`;
    throw new Invalid('invalid-json', `The body is not valid JSON: ${what}.`);
  }
}

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5c] as const;
const [ARRAY, END_OF_ARRAY, OBJECT, END_OF_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const IN_SCALARS = new Set(Buffer.from('+-.0123456789abcdefghijklmnopqrstuvwxyzE'));
