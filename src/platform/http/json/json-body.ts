import type { FastifyInstance } from 'fastify';
import { assertReadable } from './readable.js';
import { parseJson } from './strict-json.js';
import { registerYamlBody } from './yaml-body.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, for what must look at the text itself: strictness, fingerprints. */
    bodyText?: string;
  }
}

/** `curl -d '{…}'` names a form without meaning it: its body is read as JSON too. */
const JSON_TYPES = [/^application\/(?:[\w.+-]+\+)?json(?:;.*)?$/i, 'application/x-www-form-urlencoded'];

/** All bodies are JSON, whole documents may be YAML; any other content type is answered with 415 by Fastify. */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('preParsing', ({ raw: { headers } }, reply, _payload, done) => {
    if (headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
    done();
  });
  for (const type of JSON_TYPES) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, bytes, done) => {
      try {
        assertReadable(request.headers, 'JSON');
        const { text, value } = parseJson(bytes as Buffer);
        request.bodyText = text;
        done(null, value);
      } catch (error) {
        done(error as Error);
      }
    });
  }
  registerYamlBody(fastify);
}
