import { inPackage as inRepository } from '../../../scripts/setup/paths.mjs';

/** The OpenAPI document of the built server, from its classes alone: nothing is started, and no database is asked. */
export async function readDocument() {
  const built = (path) => import(inRepository('dist', path));
  const [{ NestFactory }, { FastifyAdapter }, { AppModule }, { readConfig }, { openApiDocument }] = await Promise.all([
    import('@nestjs/core'),
    import('@nestjs/platform-fastify'),
    built('app.module.js'),
    built('platform/config/read-config.js'),
    built('openapi.js'),
  ]);
  const module = AppModule.forRoot({ config: readConfig({}) });
  const app = await NestFactory.create(module, new FastifyAdapter(), { preview: true, logger: ['error'], abortOnError: false });
  return openApiDocument(app, '');
}
