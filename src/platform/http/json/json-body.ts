import type { FastifyInstance, FastifyRequest } from 'fastify';
import { runInSlices } from '../../run-in-slices.js';
import { type LargeJson, readLargeJson } from './parse/large-json.js';
import { assertReadable } from './readable.js';
import { parseJson } from './parse/strict-json.js';
import { registerYamlBody } from './yaml-body.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, for what must look at the text itself: strictness, fingerprints. */
    bodyText?: string;
    /** Instead, of a body that was read in slices. */
    largeBody?: Pick<LargeJson, 'defects' | 'sha256'>;
  }
}

/** `curl -d '{…}'` names a form without meaning it: its body is read as JSON too. */
const JSON_TYPES = [/^application\/(?:[\w.+-]+\+)?json(?:;.*)?$/i, 'application/x-www-form-urlencoded'];

/** What is larger is read a little at a time: at once it would hold up every other request. */
export const SMALL_BODY_BYTES = 262_144;

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
        if (bytes.length > SMALL_BODY_BYTES) {
          readInSlices(request, bytes as Buffer).then((value) => { done(null, value); }, done); // prettier-ignore
          return;
        }
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

async function readInSlices(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  const { value, ...read } = await runInSlices(readLargeJson(bytes));
  request.largeBody = read;
  return value;
}
