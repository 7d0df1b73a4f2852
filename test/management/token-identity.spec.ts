import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const ENVIRONMENTS = '/api/admin/environments';
const TOKENS = '/api/admin/tokens';

let server: Server;
let admin: Api;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await admin.post('/api/admin/feature-flags', { key: 'pay' });
});
afterAll(() => server.stop());

async function issue(name: string, body: object): Promise<{ id: string; api: Api }> {
  const { body: made } = await admin.post(TOKENS, { name, ...body });
  return { id: made.id as string, api: admin.as(made.token as string) };
}

const client = (name: string, environments: string[]) => issue(name, { kind: 'client', environments });
const evaluate = ({ api }: { api: Api }, environment: string) =>
  api.post('/ofrep/v1/evaluate/flags', { context: {} }, { headers: { 'x-environment': environment } });

describe('a token that names environments', () => {
  it('is for those, not for others that get their names later', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'live', parent: 'production', aliases: ['the-live-one'] });
    const app = await client('app of live', ['the-live-one']);
    const reader = await issue('reader of live', { kind: 'admin', role: 'viewer', environments: ['live'] });
    expect((await admin.get(`${TOKENS}/${app.id}`)).body.environments).toEqual(['live']);
    expect((await evaluate(app, 'live')).status).toBe(200);
    const tried = await admin.delete(`${ENVIRONMENTS}/live?dryRun=true`);
    const lost = { environment: 'live', before: true, after: false };
    expect(tried.body).toMatchObject({
      tokenCount: 2,
      tokens: [
        { token: app.id, name: 'app of live', ...lost },
        { token: reader.id, name: 'reader of live', ...lost },
      ],
    });
    expect((await admin.delete(`${ENVIRONMENTS}/live`)).status).toBe(204);
    expect((await admin.post(ENVIRONMENTS, { slug: 'live', parent: 'development', aliases: ['the-live-one'] })).status).toBe(201);
    for (const name of ['live', 'the-live-one']) expect((await evaluate(app, name)).status).toBe(403);
    const spied = await reader.api.post('/api/admin/feature-flags/pay/explain', { environment: 'live', context: {} });
    expect(spied).toMatchObject({ status: 403, body: { code: 'environment-forbidden' } });
    const [gone, ...others] = (await admin.get(`${TOKENS}/${app.id}`)).body.environments as string[];
    expect([gone, others]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), []]);
  });

  it('has it again when the environment itself comes back', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'brief', parent: 'development' });
    const app = await client('app of brief', ['brief']);
    await admin.delete(`${ENVIRONMENTS}/brief`);
    expect((await evaluate(app, 'brief')).status).toBe(403);
    expect((await admin.post(`${ENVIRONMENTS}/brief/restore`, {})).status).toBe(200);
    expect((await evaluate(app, 'brief')).status).toBe(200);
  });

  it('gets and loses environments as they move; who sees no tokens is told how many', async () => {
    for (const slug of ['east', 'west']) await admin.post(ENVIRONMENTS, { slug, parent: 'development' });
    await admin.post(ENVIRONMENTS, { slug: 'moving', parent: 'east' });
    for (const slug of ['east', 'west'])
      await issue(`all of ${slug}`, { kind: 'client', environments: [slug], includeDescendants: true });
    const developer = await issue('mover', { kind: 'admin', role: 'developer' });
    const told = await admin.patch(`${ENVIRONMENTS}/moving?dryRun=true`, { parent: 'west' });
    expect(told.body.tokens).toMatchObject([
      { name: 'all of east', environment: 'moving', before: true, after: false },
      { name: 'all of west', environment: 'moving', before: false, after: true },
    ]);
    const { status, body } = await developer.api.patch(`${ENVIRONMENTS}/moving`, { parent: 'west' });
    expect([status, body.tokenCount, body.tokens]).toEqual([200, 2, undefined]);
  });
});

describe('the name of a token', () => {
  it.each(['setup', 'Setup', ' bootstrap '])('is not "%s", which the log calls the server', async (name) => {
    const answer = await admin.post(TOKENS, { name, kind: 'admin', role: 'viewer' });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/name', code: 'name-reserved' }] } });
  });

  it('is no other’s as long as that one is in force', async () => {
    const first = await issue('deployer', { kind: 'admin', role: 'viewer' });
    const second = await admin.post(TOKENS, { name: 'Deployer ', kind: 'admin', role: 'viewer' });
    expect(second).toMatchObject({ status: 409, body: { code: 'token-name-taken' } });
    expect(second.body.detail).toContain(first.id);
    await admin.delete(`${TOKENS}/${first.id}`);
    expect((await admin.post(TOKENS, { name: 'deployer', kind: 'admin', role: 'viewer' })).status).toBe(201);
  });

  it('stands beside the id of the token in all that is done with it', async () => {
    const { id, api } = await issue('doer', { kind: 'admin', role: 'admin' });
    await api.patch('/api/admin/feature-flags/pay', { environment: 'development', percentage: 7 });
    const promoted = await api.post('/api/admin/feature-flags/pay/promote', { from: 'development', to: 'staging' });
    expect(promoted.body).toMatchObject({ user: 'token:doer', token: id });
    expect((await api.get(`/api/admin/promotions/${String(promoted.body.id)}`)).body).toMatchObject({ token: id });
    expect((await api.get('/api/flags/audit?limit=1')).body.items).toMatchObject([{ user: 'token:doer', token: id }]);
    const job = await api.post('/api/admin/import?async=true', { format: 'flagtree-states', version: 1, flags: [] });
    expect(job.body).toMatchObject({ createdBy: 'token:doer', token: id });
  });
});

describe('tokens are seen and managed by one law', () => {
  it('an admin that is limited does neither', async () => {
    const { id, api } = await issue('limited admin', {
      kind: 'admin',
      role: 'admin',
      environments: ['production'],
      includeDescendants: true,
    });
    const tries = [
      api.get(TOKENS),
      api.get(`${TOKENS}/${id}`),
      api.post(`${TOKENS}/${id}/rotate`),
      api.delete(`${TOKENS}/${id}`),
    ];
    for (const answer of await Promise.all(tries))
      expect(answer).toMatchObject({ status: 403, body: { code: 'environment-out-of-scope' } });
  });

  it('what the log says of tokens is told to who may see tokens', async () => {
    const told = async (api: Api) => {
      const { body } = await api.get('/api/flags/audit?limit=200');
      return new Set((body.items as { entity: string }[]).map(({ entity }) => entity));
    };
    expect(await told(admin)).toContain('token');
    const limited = { kind: 'admin', role: 'admin', environments: ['production'] };
    for (const [name, body] of Object.entries({
      'a viewer': { kind: 'admin', role: 'viewer' },
      'a promoter': { kind: 'admin', role: 'promoter' },
      limited,
    })) {
      const { api } = await issue(name, body);
      const entities = await told(api);
      expect([name, entities.has('token'), entities.has('flag')]).toEqual([name, false, true]);
    }
  });
});
