import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';

describe('a body', () => {
  it.each([
    ['that is not JSON', '{"key":', 400, 'invalid-json'],
    ['that is a list', '[]', 400, 'invalid-request'],
    ['that is text', '"x"', 400, 'invalid-request'],
    ['that is null', 'null', 400, 'invalid-request'],
    ['with a key twice', '{"key":"x","enabled":false,"enabled":true}', 400, 'invalid-json'],
    ['with __proto__', '{"key":"x","__proto__":{"enabled":true}}', 400, 'invalid-json'],
    ['with NUL', '{"key":"x","name":"a\\u0000b"}', 400, 'invalid-json'],
    ['with an unpaired surrogate', '{"key":"x","name":"\\ud800"}', 400, 'invalid-json'],
    [
      'with a number beyond 2^53',
      '{"key":"x","type":"number","variants":[{"key":"a","value":12345678901234567890}]}',
      400,
      'invalid-json',
    ],
    ['with a number beyond all', '{"key":"x","percentage":1e400}', 400, 'invalid-json'],
    ['with 100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'json-too-deep'],
    ['of 2 MB', JSON.stringify({ key: 'x', description: 'x'.repeat(2_000_000) }), 413, 'body-too-large'],
  ])('%s is refused', async (_what, body, status, code) => {
    const answer = await api.post(FLAGS, body);
    expect(answer).toMatchObject({ status, body: { code, requestId: expect.any(String) } });
    expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.[jt]s:\d/);
    expect((await api.get(`${FLAGS}/x`)).status).toBe(404);
  });

  it('of another content type is refused, a form that holds JSON is not', async () => {
    const as = (type: string) => api.post(FLAGS, '{"key":"typed"}', { headers: { 'content-type': type } });
    expect(await as('text/plain')).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
    expect(await as('application/xml')).toMatchObject({ status: 415 });
    expect((await as('application/x-www-form-urlencoded')).status).toBe(201);
  });

  it('leaves no trace in the prototype of anything', async () => {
    await api.post(FLAGS, '{"key":"x","constructor":{"prototype":{"polluted":true}}}');
    await api.post(
      '/api/feature-flags/evaluate',
      '{"context":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    );
    const { body } = await api.get('/api/admin/environments/staging');
    expect(body.polluted).toBeUndefined();
  });
});

describe('a path or query', () => {
  it.each([
    ['GET', '/api/admin/feature-flags/%zz', 400],
    ['GET', '/api/admin/feature-flags/%00', 404],
    ['GET', '/api/admin/feature-flags/..%2f..%2fetc', 404],
    ['GET', `/api/admin/feature-flags/${'x'.repeat(400)}`, 404],
    ['GET', '/api/admin/environments/PRODUCTION', 404],
    ['GET', '/nowhere', 404],
    ['GET', '/api/admin/feature-flags?limit=-1', 400],
    ['GET', '/api/admin/feature-flags?limit=ten', 400],
    ['GET', '/api/admin/feature-flags?limit=1&limit=2', 400],
    ['GET', '/api/admin/feature-flags?cursor=%7B%7D', 400],
    ['GET', '/api/admin/feature-flags?__proto__=x', 200],
    ['GET', '/api/admin/feature-flags?search=%00', 200],
    ['GET', '/api/admin/feature-flags?at=0000-01-01T00:00:00Z', 400],
    ['GET', '/api/flags/audit?since=2026', 400],
    ['GET', '/api/flags/audit?until=2026-W10', 400],
    ['GET', '/api/admin/promotions?since=2026-12-01T00:00:00%2B23:00', 400],
    ['GET', '/api/admin/promotions?until=2026', 400],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const answer = await api.call(method, path);
    expect(answer.status).toBe(status);
    if (status >= 400) expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('every answer', () => {
  it('carries a request id, the given one where it is fit for a log', async () => {
    expect((await api.get('/health/live', { headers: { 'x-request-id': 'my-id.1' } })).headers.get('x-request-id')).toBe(
      'my-id.1',
    );
    const odd = (await api.get('/nowhere', { headers: { 'x-request-id': 'a b' } })).headers.get('x-request-id');
    expect(odd).toMatch(/^[\w-]{16}$/);
  });
});

describe('the OpenAPI document', () => {
  it('is 3.1, names every operation once, and gives each body an example or a schema', async () => {
    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; summary?: string; tags?: string[] }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z]+\.[a-zA-Z]+$/);
    for (const { operationId, summary, tags } of operations)
      expect({ operationId, summary, tags }).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
  });

  it('has a page to read it, whose parts come from this server', async () => {
    const page = await (await fetch(`${server.url}/api/docs`)).text();
    expect(page).toContain('Flagtree API');
    expect(page).not.toMatch(/(?:src|href)="https?:/);
  });
});

describe('a write with a parameter that it does not know', () => {
  it.each([
    ['POST', FLAGS, { key: 'misspelt' }, 'dryrun'],
    ['PATCH', `${FLAGS}/meant`, { enabled: true }, 'env'],
    ['DELETE', `${FLAGS}/meant`, undefined, 'force'],
    ['PUT', '/api/admin/environments/staging/feature-flags/meant', { enabled: true }, 'dry_run'],
    ['POST', `${FLAGS}/meant/promote`, { from: 'staging', to: 'production' }, 'dryrun'],
    ['POST', '/api/admin/bulk', { operation: 'enable', flags: ['meant'], environments: ['staging'] }, 'dryRun[]'],
    ['POST', '/api/admin/import', { format: 'flagtree-states', version: 1, flags: [] }, 'dry-run'],
    ['PUT', '/api/admin/pipelines/meant', { steps: [{ environment: 'staging' }, { environment: 'production' }] }, 'dryrun'],
    ['POST', '/api/admin/jobs/none/cancel', undefined, 'dryRun'],
  ])('%s %s is refused by name and does nothing', async (method, path, body, name) => {
    await api.post(FLAGS, { key: 'meant' });
    const { body: before } = await api.get('/api/flags/audit?limit=1');
    const answer = await api.call(method, `${path}?${encodeURIComponent(name)}=true`, body === undefined ? {} : { body });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ pointer: `?${name}`, code: 'unknown-property' }] },
    });
    expect((await api.get('/api/flags/audit?limit=1')).body).toEqual(before);
  });

  it('knows those that it is documented with', async () => {
    const known = await api.post(`${FLAGS}?dryRun=true&force=true&reason=why`, { key: 'known' });
    expect(known).toMatchObject({ status: 200, body: { dryRun: true } });
    const document = { format: 'flagtree-states', version: 1, flags: [] };
    expect((await api.post('/api/admin/import?mode=merge&force=false&async=false&dryRun=true&reason=x', document)).status).toBe(
      200,
    );
  });
});
