/**
 * UTF-8 in a string: each character is one byte of it. Such strings are joined without copying what they hold, their length is the
 * length of the body, and Node writes them to the socket with the head of the answer, without a buffer of their own.
 */
export type ByteString = string & { readonly oneCharacter: 'one byte' };

export function byteString(text: string): ByteString {
  return Buffer.from(text, 'utf8').toString('latin1') as ByteString;
}

export function bytesOf(bytes: ByteString): Buffer {
  return Buffer.from(bytes, 'latin1');
}

export const joined = (parts: readonly ByteString[]): ByteString => parts.join('') as ByteString;
