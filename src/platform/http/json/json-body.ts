import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Unsupported } from '../problems/problem.js';
import { parseJson } from './strict-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, for what must look at the text itself: strictness, fingerprints. */
    bodyText?: string;
  }
}

/** `curl -d '{…}'` names a form without meaning it: its body is read as JSON too. */
const JSON_TYPES = [/^application\/(?:[\w.+-]+\+)?json(?:;.*)?$/i, 'application/x-www-form-urlencoded'];

/** All bodies are JSON; any other content type is answered with 415 by Fastify. */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('preParsing', ({ raw: { headers } }, reply, _payload, done) => {
    if (headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
    done();
  });
  for (const type of JSON_TYPES) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, bytes, done) => {
      try {
        assertReadable(request.headers);
        const { text, value } = parseJson(bytes as Buffer);
        request.bodyText = text;
        done(null, value);
      } catch (error) {
        done(error as Error);
      }
    });
  }
}

/** @throws {Unsupported} for a content coding, or another charset than UTF-8 (which ASCII is, too). */
function assertReadable(headers: IncomingHttpHeaders): void {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw new Unsupported('unsupported-content-coding', `Bodies are read as they are, without Content-Encoding: ${coding}.`, {
      'accept-encoding': 'identity',
    });
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset))
    throw new Unsupported('unsupported-charset', `JSON is sent in UTF-8 (RFC 8259), not in ${charset}.`);
}
