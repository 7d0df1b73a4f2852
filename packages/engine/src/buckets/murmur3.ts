/*
 * MurmurHash3 x86 32 with seed 0 over the UTF-8 of a text, read from its UTF-16 code units without encoding it first. Half a surrogate pair
 * hashes as U+FFFD, as every UTF-8 encoder writes it.
 */

/** The hash in progress after a text: `pending` holds the last `shift / 8` bytes, `length` counts all of them. */
export interface HashPrefix {
  readonly hash: number;
  readonly pending: number;
  readonly shift: number;
  readonly length: number;
}

const NOTHING: HashPrefix = { hash: 0, pending: 0, shift: 0, length: 0 };

/** The unsigned 32-bit hash of the prefix's text followed by `text`; a salt is read once, not once for each key. */
export function murmur3(text: string, prefix: HashPrefix = NOTHING): number {
  absorb(text, prefix);
  let h = hash;
  if (shift > 0) h ^= scramble(pending);
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function murmur3Prefix(text: string): HashPrefix {
  absorb(text, NOTHING);
  return { hash, pending, shift, length };
}

// what `absorb` leaves: four numbers returned without an allocation
let hash = 0;
let pending = 0;
let shift = 0;
let length = 0;

function absorb(text: string, prefix: HashPrefix): void {
  let h = prefix.hash;
  let k = prefix.pending;
  let s = prefix.shift;
  let bytes = prefix.length;
  const end = text.length;
  let i = 0;
  while (i < end) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      // four ASCII characters are a whole block, wherever it begins
      if (i + 3 < end) {
        const b = text.charCodeAt(i + 1);
        const c = text.charCodeAt(i + 2);
        const d = text.charCodeAt(i + 3);
        if ((b | c | d) < 0x80) {
          const word = code | (b << 8) | (c << 16) | (d << 24);
          h = mix(h, k | (word << s));
          k = s === 0 ? 0 : word >>> (32 - s);
          bytes += 4;
          i += 4;
          continue;
        }
      }
      k |= code << s;
      s += 8;
      bytes++;
      i++;
      if (s === 32) {
        h = mix(h, k);
        k = 0;
        s = 0;
      }
      continue;
    }
    let encoded: number;
    let count: number;
    i++;
    if (code < 0x800) {
      encoded = 0xc0 | (code >> 6) | ((0x80 | (code & 0x3f)) << 8);
      count = 2;
    } else {
      const next = code >= 0xd800 && code < 0xdc00 && i < end ? text.charCodeAt(i) : 0;
      if ((next & 0xfc00) === 0xdc00) {
        i++;
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        encoded =
          0xf0 |
          (code >> 18) |
          ((0x80 | ((code >> 12) & 0x3f)) << 8) |
          ((0x80 | ((code >> 6) & 0x3f)) << 16) |
          ((0x80 | (code & 0x3f)) << 24);
        count = 4;
      } else {
        if ((code & 0xf800) === 0xd800) code = 0xfffd;
        encoded = 0xe0 | (code >> 12) | ((0x80 | ((code >> 6) & 0x3f)) << 8) | ((0x80 | (code & 0x3f)) << 16);
        count = 3;
      }
    }
    bytes += count;
    k |= encoded << s;
    const filled = s + 8 * count;
    if (filled >= 32) {
      h = mix(h, k);
      k = s === 0 ? 0 : encoded >>> (32 - s);
      s = filled - 32;
    } else s = filled;
  }
  hash = h;
  pending = k;
  shift = s;
  length = bytes;
}

function mix(h: number, k: number): number {
  h ^= scramble(k);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function scramble(k: number): number {
  k = Math.imul(k, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}
