import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

interface OtlpRecord {
  eventName: string;
  timeUnixNano: string;
  attributes: { key: string; value: { stringValue: string } }[];
}

/** As much of a collector as the server talks to: OTLP/HTTP with JSON. */
class Collector {
  readonly events: Record<string, string>[] = [];
  readonly services: unknown[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  private constructor(private readonly http: HttpServer) {}

  static async start(answer: 'at-once' | 'never' = 'at-once'): Promise<Collector> {
    const http = createServer();
    const collector = new Collector(http);
    http.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/v1/logs') collector.take(Buffer.concat(chunks).toString('utf8'));
        collector.headers.push(request.headers);
        if (answer === 'at-once') response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.http.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.http.closeAllConnections();
    this.http.close();
  }

  async received(count: number): Promise<Record<string, string>[]> {
    const until = Date.now() + 10_000;
    while (this.events.length < count && Date.now() < until) await sleep(20);
    return this.events;
  }

  private take(text: string): void {
    const { resourceLogs } = JSON.parse(text) as {
      resourceLogs: { resource: { attributes: OtlpRecord['attributes'] }; scopeLogs: { logRecords: OtlpRecord[] }[] }[];
    };
    for (const { resource, scopeLogs } of resourceLogs) {
      this.services.push(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
      for (const { eventName, attributes } of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
        this.events.push({ eventName, ...Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])) });
      }
    }
  }
}

/** So many events wait for a collector at most; those that come later are dropped. */
const QUEUED = 4_096;

describe('telemetry', () => {
  let server: Server;
  let collector: Collector;
  afterEach(async () => {
    collector.stop();
    await server.stop();
  });

  async function start(env: Record<string, string> = {}): Promise<Api> {
    server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env } });
    const api = await Api.of(server.url, server.adminToken);
    await api.post('/api/admin/feature-flags', { key: 'checkout', enabled: true });
    await api.post('/api/admin/feature-flags', { key: 'silent', offVariant: null });
    return api;
  }

  it('tells a collector of each evaluation, as the semantic convention has it', async () => {
    collector = await Collector.start();
    const api = await start({ OTEL_SERVICE_NAME: 'flags', OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme' });
    const { revision } = (await api.get('/api/admin/feature-flags/checkout')).body;
    await api.post('/ofrep/v1/evaluate/flags/checkout?env=staging', {
      context: { targetingKey: 'user-1', email: 'ada@example.org' },
    });
    await api.post('/ofrep/v1/evaluate/flags/nope?env=staging', { context: {} });
    await api.post('/api/feature-flags/evaluate', { context: {}, flags: ['silent'] });
    await api.post('/ofrep/v1/evaluate/flags', { context: {} });
    const common = {
      eventName: 'feature_flag.evaluation',
      'feature_flag.provider.name': 'flagtree',
      'feature_flag.version': String(revision),
    };
    expect(await collector.received(3)).toEqual([
      {
        ...common,
        'feature_flag.key': 'checkout',
        'feature_flag.set.id': 'staging',
        'feature_flag.result.reason': 'static',
        'feature_flag.result.variant': 'on',
        'feature_flag.context.id': 'user-1',
      },
      {
        ...common,
        'feature_flag.key': 'nope',
        'feature_flag.set.id': 'staging',
        'feature_flag.result.reason': 'error',
        'error.type': 'flag_not_found',
        'feature_flag.error.message': expect.stringContaining('nope'),
      },
      { ...common, 'feature_flag.key': 'silent', 'feature_flag.set.id': 'production', 'feature_flag.result.reason': 'disabled' },
    ]);
    expect(collector.services[0]).toBe('flags');
    expect(collector.headers[0]).toMatchObject({ 'x-tenant': 'acme', 'content-type': 'application/json' });
  });

  it('sends what is left when the server stops', async () => {
    collector = await Collector.start();
    const api = await start();
    for (let number = 0; number < 20; number++) await api.post('/ofrep/v1/evaluate/flags/checkout', { context: {} });
    await server.stop();
    expect(collector.events).toHaveLength(20);
  });

  it('neither slows nor fails evaluations, nor holds up a stop, when the collector never answers or is gone', async () => {
    collector = await Collector.start('never');
    const api = await start();
    /** One after the other, ten at once. */
    const evaluations = async (count: number) => {
      const statuses = new Set<number>();
      const each = async () => {
        for (let done = 0; done < count; done += 10)
          statuses.add((await api.post('/ofrep/v1/evaluate/flags/checkout', { context: {} })).status);
      };
      await Promise.all(Array.from({ length: 10 }, each));
      return statuses;
    };
    expect(await evaluations(500)).toEqual(new Set([200]));
    await collector.received(1);
    collector.stop();
    expect(await evaluations(QUEUED + 500)).toEqual(new Set([200]));
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(server.logs()).not.toContain('took longer than');
  });
});
