import type { Socket } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { admitByHeaders, Entrance } from './access/entrance.js';
import { serveLeanRoutes } from './access/lean-routes.js';
import { AppModule } from './app.module.js';
import { serveOpenApi } from './openapi.js';
import { type ReadinessProbe, ReadinessRegistry } from './platform/health/readiness-registry.js';
import { registerJsonBody } from './platform/http/json/json-body.js';
import { allowLargeBodies } from './platform/http/json/large-body.js';
import { LeanServer } from './platform/http/lean/lean-server.js';
import { carryEveryAnswer } from './platform/http/every-answer.js';
import { Face } from './platform/http/outside/face.js';
import { malformed, sendProblem } from './platform/http/problems/problem.filter.js';
import { refuseUnreadable } from './platform/http/problems/unreadable-request.js';
import { requestIdOf } from './platform/http/request-id.js';
import { type LogRequest, requestLog } from './platform/logging/request-log.js';
import { type MeasureRequest, requestMeter } from './platform/metrics/http-metrics.js';
import { MetricsRegistry } from './platform/metrics/metrics-registry.js';
import type { PlatformOptions } from './platform/platform.module.js';
import { problemInOfrep } from './resolver/ofrep/ofrep-errors.js';
import { Bootstrap } from './tokens/start/bootstrap.js';

export interface AppOptions extends PlatformOptions {
  version: string;
  logger: LoggerService;
  /** Of what runs beside the application, for /health/ready. */
  probes: Record<string, ReadinessProbe>;
  /** Connects to the migrated database; does nothing where the server starts without it. */
  connect: (dataSource: DataSource) => Promise<void>;
}

export interface App {
  /** Starts to accept connections; returns the URL. */
  listen(): Promise<string>;
  /** Finishes the requests in flight, then lets go of everything, last of the database. */
  close(): Promise<void>;
  dataSource: DataSource;
  /** For a server that started without its database, as soon as that is there: makes what a start makes in it. */
  meetDatabase: () => Promise<void>;
  /** The file that holds the admin token; null when there is none on this machine. */
  adminTokenPath: string | null;
}

/**
 * The server over its database, ready to listen: its state is loaded, a first start has made what it makes. Where `connect` has not connected,
 * it evaluates with the state on disk.
 */
export async function createApp({ version, logger, probes, connect, ...platform }: AppOptions): Promise<App> {
  const { config } = platform;
  const face = new Face(config, [['/ofrep/', problemInOfrep]]);
  const options = {
    bodyLimit: config.bodyLimitBytes,
    genReqId: requestIdOf,
    requestTimeout: config.requestTimeoutMs,
    routerOptions: { maxParamLength: 2_048, ignoreTrailingSlash: true },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      carryEveryAnswer(request, reply);
      sendProblem(error, request, reply);
    },
    clientErrorHandler: (error: Error, socket: Socket) => {
      refuseUnreadable(face, error, socket);
    },
  };
  const server = new LeanServer(config, face);
  const adapter = new FastifyAdapter({
    ...options,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a request that comes over an open connection while the server stops is answered, and the connection ends
    serverFactory: server.createServer,
  });
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
  registerJsonBody(nest);
  beginAnswers(nest);
  nest.addHook('onRoute', ({ url, method }) => {
    face.methods.add(url, [method].flat());
  });
  tellOfAnswers(nest, server, requestMeter(metrics), requestLog(logger, config.log.level));
  admitByHeaders(nest, app.get(Entrance, { strict: false }));
  server.closeWith(nest);
  serveLeanRoutes(
    nest,
    (route) => {
      server.add(route);
    },
    (type) => app.get(type, { strict: false }),
  );
  allowLargeBodies(nest, config.importLimitBytes);
  if (config.apiDocs) serveOpenApi(app, version);
  const dataSource = app.get(DataSource);
  await connect(dataSource);
  await app.init();
  const bootstrap = app.get(Bootstrap);
  const adminTokenPath = dataSource.isInitialized ? await bootstrap.run() : await bootstrap.tokenPath();
  return {
    adminTokenPath,
    dataSource,
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

/** In a hook, since an interceptor would not see every answer. `PlainReply` does the same by itself. */
function beginAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    carryEveryAnswer(request, reply);
    const preflight = request.raw.face?.crossOrigin?.preflight(request.raw);
    if (preflight) {
      void reply.status(204).headers(Object.fromEntries(preflight)).send();
      return;
    }
    const refusal = malformed(request.raw);
    if (refusal) sendProblem(refusal, request, reply);
    else done();
  });
}

/** Each request is measured but event streams, which last as long as somebody listens; and each is one line of the log. */
function tellOfAnswers(fastify: FastifyInstance, server: LeanServer, measure: MeasureRequest, log: LogRequest): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? undefined : request.routeOptions.url;
    if (!isStream(request, reply)) measure(route ?? 'none', request.method, reply.statusCode, reply.elapsedTime);
    log(request, reply);
    done();
  });
  server.onAnswered((request, reply) => {
    measure(request.routeOptions.url, request.method, reply.statusCode, reply.elapsedTime);
    log(request, reply);
  });
}

function isStream({ method }: FastifyRequest, { raw }: FastifyReply): boolean {
  return method === 'GET' && String(raw.getHeader('content-type') ?? '').startsWith('text/event-stream');
}
