import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../platform/http/problems/problem.filter.js';

/** Routes of the documents, which need no token: they tell nothing that the source does not. */
const OF_DOCUMENTS = /^\/api\/(?:docs(?:\/|$)|openapi\.)/;

/** What the page consists of; of the package that it comes from nothing else is served. */
const FILES = [
  'index.html',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui-init.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
];
const PAGE = '/api/docs';
const PATHS = new Set([PAGE, `${PAGE}/`, ...FILES.map((file) => `${PAGE}/${file}`), `${PAGE}/docs/swagger-ui-init.js`]);

/**
 * People paste tokens into the page: no script but its own runs in it, no other site frames it or hears its address, and it asks nobody but the
 * server that it is of. Its library writes styles into the page.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** To be called before the routes of the documents are registered. */
export function guardDocuments(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (OF_DOCUMENTS.test(route.url)) route.config = { ...route.config, permission: 'public' };
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url?.startsWith(PAGE) !== true) {
      done();
      return;
    }
    void reply.headers(HEADERS);
    if (PATHS.has(request.url.split('?')[0] ?? '')) done();
    else sendProblem(Object.assign(new Error('There is no such file.'), { statusCode: 404 }), request, reply);
  });
}
