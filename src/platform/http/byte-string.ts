import type { FastifyReply } from 'fastify';

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

/** Answers with JSON past Fastify's own sending, which would count and encode the characters once more. Its `onResponse` hooks still run. */
export function sendJson(reply: FastifyReply, status: number, body: ByteString): void {
  const headers = reply.getHeaders();
  headers['content-type'] = 'application/json; charset=utf-8';
  headers['content-length'] = body.length;
  // while this can fail, the reply is still Fastify's to answer with
  reply.raw.writeHead(status, headers as Record<string, string | number>);
  reply.hijack();
  reply.raw.end(body, 'latin1');
}
