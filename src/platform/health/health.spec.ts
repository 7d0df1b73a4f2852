import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HealthModule } from './health.module.js';
import { ReadinessRegistry } from './readiness-registry.js';

describe('health', () => {
  let app: NestFastifyApplication;
  let registry: ReadinessRegistry;

  beforeEach(async () => {
    const built = await Test.createTestingModule({ imports: [HealthModule] }).compile();
    app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    registry = app.get(ReadinessRegistry);
    await app.init();
  });
  afterEach(() => app.close());

  it('is alive', async () => {
    expect(await get('/health/live')).toEqual({ code: 200, body: { status: 'ok' } });
  });

  it('is ready when every part is up', async () => {
    registry.register('database', () => ({ status: 'up' }));
    expect(await get('/health/ready')).toEqual({ code: 200, body: { status: 'ok', checks: { database: { status: 'up' } } } });
  });

  it('stays in service when a part is degraded', async () => {
    registry.register('snapshots', () => ({ status: 'up' }));
    registry.register('database', () => ({ status: 'degraded', detail: 'away' }));
    expect(await get('/health/ready')).toEqual({
      code: 200,
      body: { status: 'degraded', checks: { snapshots: { status: 'up' }, database: { status: 'degraded', detail: 'away' } } },
    });
  });

  it('goes out of service when a part is down, and comes back', async () => {
    let loaded = false;
    registry.register('database', () => ({ status: 'degraded' }));
    registry.register('snapshots', () => ({ status: loaded ? 'up' : 'down' }));
    expect(await get('/health/ready')).toMatchObject({ code: 503, body: { status: 'down' } });
    loaded = true;
    expect(await get('/health/ready')).toMatchObject({ code: 200, body: { status: 'degraded' } });
  });

  it('goes out of service as soon as a shutdown begins', async () => {
    registry.onModuleDestroy();
    expect(await get('/health/ready')).toMatchObject({ code: 503, body: { checks: { server: { status: 'down' } } } });
    expect(await get('/health/live')).toMatchObject({ code: 200 });
  });

  async function get(url: string) {
    const response = await app.inject({ url });
    return { code: response.statusCode, body: response.json() };
  }
});
