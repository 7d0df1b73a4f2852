import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Feature flags for a tree of environments. Every field of a flag inherits, live, from the parent environment until a child says otherwise.

**Tokens.** Send \`Authorization: Bearer ft_…\` or \`X-API-Key: ft_…\`. Errors are problem documents (RFC 9457) with a stable \`code\`, the place of each defect, and the \`requestId\` that the server's log knows.

**Writes** take \`?dryRun=true\` (everything is checked, nothing changes, the answer lists every resolved value that would change), \`If-Match\` with the ETag of what was read, and on POST an \`Idempotency-Key\`.`;

/** The OpenAPI 3.1 document of the running application. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const document = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Flagtree')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A client token (evaluates) or an admin token (manages).' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addTag('Environments', 'The tree.')
    .addTag('Flags', 'The base of every flag, and what holds where.')
    .addTag('Overrides', 'What one environment has differently.')
    .addTag('Segments', 'Named sets of conditions.')
    .addTag('Promotion', 'Comparing environments; moving flags between them, and taking that back.')
    .addTag('Checks', 'Contexts with the variant that a flag must serve them.')
    .addTag('Bulk', 'Many flags in many environments at once.')
    .addTag('Transfer', 'Export and import of states, and the jobs that do it.')
    .addTag('Tokens', 'Who may call.')
    .addTag('Audit', 'Who changed what, when and why.')
    .addTag('History', 'Going back to what was.')
    .build();
  return withConditionalReads(SwaggerModule.createDocument(app, document));
}

/** Every management read has an ETag; the hook that answers 304 is in one place, and so is its documentation. */
function withConditionalReads(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (!get || !/^\/api\/(?:admin|flags)\//.test(path)) continue;
    get.responses['304'] ??= { description: 'It is still what If-None-Match names.' };
  }
  return document;
}

/** Serves the document at /api/openapi.json and a page to read and try it at /api/docs. */
export function serveOpenApi(app: INestApplication, version: string): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app, version), {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Flagtree API',
    swaggerOptions: { persistAuthorization: false },
  });
}
