import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { serveLeanRoutes } from './access/lean-routes.js';
import { AppModule } from './app.module.js';
import { serveOpenApi } from './openapi.js';
import { type ReadinessProbe, ReadinessRegistry } from './platform/health/readiness-registry.js';
import { registerJsonBody } from './platform/http/json-body.js';
import { allowLargeBodies } from './platform/http/large-body.js';
import { sendProblem } from './platform/http/problem.filter.js';
import { requestIdOf } from './platform/http/request-id.js';
import { TwoInstances } from './platform/http/two-instances.js';
import { logRequests } from './platform/logging/request-log.js';
import { requestMeter } from './platform/metrics/http-metrics.js';
import { MetricsRegistry } from './platform/metrics/metrics-registry.js';
import type { PlatformOptions } from './platform/platform.module.js';
import { Bootstrap } from './tokens/bootstrap.js';

export interface AppOptions extends PlatformOptions {
  version: string;
  logger: LoggerService;
  /** Of what runs beside the application, for /health/ready. */
  probes: Record<string, ReadinessProbe>;
}

export interface App {
  /** Starts to accept connections; returns the URL. */
  listen(): Promise<string>;
  /** Finishes the requests in flight, then lets go of everything but the data source. */
  close(): Promise<void>;
  /** For a server that started without its database, as soon as that is there: makes what a start makes in it. */
  meetDatabase: () => Promise<void>;
  /** The file that holds the admin token; null when there is none on this machine. */
  adminTokenPath: string | null;
}

/**
 * The server over a connected and migrated database, ready to listen: its state is loaded, a first start has made what it makes.
 * Over one that is not connected it evaluates with the state on disk.
 */
export async function createApp({ version, logger, probes, ...platform }: AppOptions): Promise<App> {
  const { config } = platform;
  const options = {
    bodyLimit: config.bodyLimitBytes,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: sendProblem,
  };
  const instances = new TwoInstances(options);
  const adapter = new FastifyAdapter({ ...options, forceCloseConnections: 'idle', serverFactory: instances.createServer });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(platform), adapter, {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  for (const [name, probe] of Object.entries(probes)) app.get(ReadinessRegistry).register(name, probe);
  const metrics = app.get(MetricsRegistry);
  metrics
    .gauge('flagtree_build_info', 'Always 1; the labels say what runs.', ['version', 'node'])
    .set({ version, node: process.version }, 1);
  const nest = adapter.getInstance();
  instances.join(nest);
  const measureRequests = requestMeter(metrics);
  for (const fastify of [nest, instances.lean]) {
    equip(fastify);
    measureRequests(fastify);
    logRequests(fastify, logger, config.log.level);
  }
  serveLeanRoutes(nest, instances.lean, (type) => app.get(type, { strict: false }));
  allowLargeBodies(nest, config.importLimitBytes);
  serveOpenApi(app, version);
  await app.init();
  const bootstrap = app.get(Bootstrap);
  const adminTokenPath = platform.dataSource.isInitialized ? await bootstrap.run() : await bootstrap.tokenPath();
  return {
    adminTokenPath,
    meetDatabase: async () => {
      await bootstrap.run();
    },
    close: () => app.close(),
    listen: async () => {
      await app.listen(config.port, config.host);
      return app.getUrl();
    },
  };
}

/** What holds for every route, in hooks: an interceptor would cost each evaluation. */
function equip(fastify: FastifyInstance): void {
  registerJsonBody(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
}
