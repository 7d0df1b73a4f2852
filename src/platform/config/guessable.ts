import { deflateRawSync } from 'node:zlib';

/** What 32 random digits take: 106 bits. */
const LEAST_BYTES = 24;

/** Whether a secret is so regular (`aaaa…`, `0123…`, a word again and again) that its length says little. Words in a row pass: nobody can tell. */
export function isGuessable(secret: string): boolean {
  const bytes = Buffer.from(secret);
  const steps = Buffer.from(bytes.subarray(1).map((byte, at) => byte - (bytes[at] ?? 0)));
  return [bytes, steps].some((text) => deflateRawSync(text).length < LEAST_BYTES);
}
