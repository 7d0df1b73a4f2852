import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { guardDocuments } from './openapi/documentation-page.js';
import { operationsOf, type Parameter } from './openapi/each.js';
import { describeOperations } from './openapi/operation-texts.js';
import { exampleParameters } from './openapi/parameters.js';
import { exampleProblems } from './openapi/problem-examples.js';
import { withPublicNames } from './openapi/public-names.js';
import { exampleRequests } from './openapi/request-examples/index.js';
import { describeSchemas } from './openapi/schema-texts.js';
import { addTags } from './openapi/tags.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { urlFor } from './platform/http/outside/public-url.js';

const DESCRIPTION = `Feature flags for a tree of environments. Every field of a flag inherits, live, from the parent environment until a child says otherwise.

**Tokens.** Send \`Authorization: Bearer ft_…\` or \`X-API-Key: ft_…\`. Errors are problem documents (RFC 9457) with a stable \`code\`, the place of each defect, and the \`requestId\` that the server's log knows.

**Writes** take \`?dryRun=true\` (everything is checked, nothing changes, the answer lists every resolved value that would change), \`If-Match\` with the ETag of what was read, and on POST an \`Idempotency-Key\`.

**Trying it here.** Authorize first; the token is in the data directory of the server. The examples build on one another: create a flag before you read it.`;

/** The OpenAPI 3.1 document of the running application. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Flagtree')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A client token (evaluates) or an admin token (manages).' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey');
  return presented(SwaggerModule.createDocument(app, addTags(builder).build()));
}

/** What the decorators of the controllers say, made fit for whoever reads it, tries it, or generates a client from it. */
function presented(document: OpenAPIObject): OpenAPIObject {
  const named = withPublicNames(withoutGuesses(withLimits(withKeysOfPosts(withConditionalReads(document)))));
  describeOperations(named);
  describeSchemas(named);
  exampleParameters(named);
  exampleRequests(named);
  exampleProblems(named);
  return named;
}

/** Every management read has an ETag; the hook that answers 304 is in one place, and so is its documentation. */
function withConditionalReads(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (!get || !/^\/api\/(?:admin|flags)\//.test(path) || isStream(get)) continue;
    get.responses['304'] ??= { description: 'It is still what If-None-Match names.' };
  }
  return document;
}

const isStream = ({ responses }: { responses: Record<string, unknown> }) =>
  JSON.stringify(responses['200'] ?? {}).includes('text/event-stream');

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and request within 24 hours get the same answer, and one effect.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Whatever goes through the write door takes a key, and so does its documentation. */
function withKeysOfPosts(document: OpenAPIObject): OpenAPIObject {
  for (const { post } of Object.values(document.paths)) {
    if (post?.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'dryRun'))
      post.parameters.push(IDEMPOTENCY_KEY);
  }
  return document;
}

/** Whatever asks for a token may be asked too often with none that is one. */
function withLimits(document: OpenAPIObject): OpenAPIObject {
  for (const { responses } of operationsOf(document)) {
    const refusal = responses['401'];
    const description = 'Too many requests of this address were refused for their token; see Retry-After.';
    if (refusal) responses['429'] ??= { ...refusal, description };
  }
  return document;
}

/** Nest guesses an answer from the type of each handler; a write's type is no body. */
function withoutGuesses(document: OpenAPIObject): OpenAPIObject {
  for (const { responses } of operationsOf(document)) {
    const guess = JSON.stringify(responses['201'] ?? {});
    if (guess.includes(getSchemaPath('Written')) || guess.includes('"schema":{"type":"object"}')) delete responses['201'];
  }
  return document;
}

/** Names the server as the reader reaches it, so that what is tried in the page goes the same way. */
function reachedBy(request: FastifyRequest, document: OpenAPIObject): OpenAPIObject {
  const url = urlFor(request, '');
  return url === '' ? document : { ...document, servers: [{ url }] };
}

/** Serves the document at /api/openapi.json and a page to read and try it at /api/docs. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  guardDocuments(app.getHttpAdapter().getInstance());
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app, version), {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Flagtree API',
    patchDocumentOnRequest: (request, _response, document) => reachedBy(request as FastifyRequest, document),
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: { persistAuthorization: false, defaultModelsExpandDepth: 0 },
  });
}
