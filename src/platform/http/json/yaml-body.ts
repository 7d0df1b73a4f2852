import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Invalid } from '../problems/problem.js';
import { assertReadable } from './readable.js';
import { MAX_YAML_BYTES, readYaml } from './parse/read-yaml.js';

const YAML_TYPES = /^(?:application\/(?:x-)?yaml|text\/yaml)(?:\s*;.*)?$/i;

/** A body of YAML, before it is known who sends it: to read it costs too much for that. */
class YamlText {
  constructor(readonly text: string) {}
}

/** Takes YAML where whole documents are taken; elsewhere it is answered with 415, as any type that is not JSON. */
export function registerYamlBody(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(YAML_TYPES, { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      done(null, yamlText(request, bytes as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Reads a body of YAML in place of the text that it was so far. @throws {Invalid} */
export function readYamlBody(request: FastifyRequest): void {
  if (!(request.body instanceof YamlText)) return;
  const { text, value } = readYaml(request.body.text);
  request.bodyText = text;
  request.body = value;
}

function yamlText({ headers, routeOptions }: FastifyRequest, bytes: Buffer): YamlText {
  if (routeOptions.config.largeBody !== true) throw refused(415);
  assertReadable(headers, 'YAML');
  if (bytes.length > MAX_YAML_BYTES) throw refused(413);
  if (!isUtf8(bytes)) throw new Invalid('invalid-utf8', 'The body is not valid UTF-8: send YAML encoded as UTF-8.');
  return new YamlText(bytes.toString('utf8'));
}

/** As Fastify itself refuses a body. */
function refused(statusCode: 413 | 415): Error {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode });
}
