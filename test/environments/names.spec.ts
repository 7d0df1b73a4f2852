import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;
let production: string;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  production = (await api.get('/api/admin/environments/production')).body.id;
  await api.post('/api/admin/feature-flags', { key: 'ui.dark_mode' });
});
afterAll(() => server.stop());

const FLAG = '/api/admin/feature-flags/ui.dark_mode';

describe('an environment', () => {
  it('starts with the names of runbooks as aliases, and is read by slug, alias or id [000-1] [000-5] [002-64]', async () => {
    const bySlug = await api.get('/api/admin/environments/production');
    expect(bySlug.body).toMatchObject({ slug: 'production', aliases: ['prod'], url: null, parent: null, parentId: null });
    for (const name of ['prod', production, production.toUpperCase()])
      expect((await api.get(`/api/admin/environments/${name}`)).body).toEqual(bySlug.body);
    expect((await api.get('/api/admin/environments/dev')).body.slug).toBe('development');
    expect((await api.get('/api/admin/environments/staging')).body.aliases).toEqual([]);
  });

  it('has a URL, which can be set, read and cleared [001-2]', async () => {
    const url = 'https://staging.shop.example/';
    expect((await api.patch('/api/admin/environments/staging', { url })).body.url).toBe(url);
    expect((await api.get('/api/admin/environments/staging')).body.url).toBe(url);
    expect((await api.patch('/api/admin/environments/staging', { url: null })).body.url).toBeNull();
    for (const bad of ['staging.shop.example', 'javascript:alert(1)', 7])
      expect((await api.patch('/api/admin/environments/staging', { url: bad })).body.errors).toMatchObject([{ pointer: '/url' }]);
  });

  it('takes its parent as parent, parentId or parent_id, by any name, and says both slug and id [002-12]', async () => {
    for (const [index, parent] of [{ parent: 'prod' }, { parentId: production }, { parent_id: production }].entries()) {
      const answer = await api.post('/api/admin/environments', { slug: `child-${String(index)}`, ...parent });
      expect(answer).toMatchObject({ status: 201, body: { parent: 'production', parentId: production } });
    }
    const moved = await api.patch('/api/admin/environments/child-0', { parent_id: null });
    expect(moved.body).toMatchObject({ parent: null, parentId: null });
    const twice = await api.patch('/api/admin/environments/child-1', { parent: 'staging', parentId: production });
    expect(twice).toMatchObject({ status: 400, body: { errors: [{ pointer: '/parentId', code: 'exclusive' }] } });
  });

  it('gives no name twice: aliases and slugs are one namespace', async () => {
    await api.post('/api/admin/environments', { slug: 'one', parent: 'production', aliases: ['uno', 'eins'] });
    const clash = await api.post('/api/admin/environments', { slug: 'uno', parent: 'production' });
    expect(clash).toMatchObject({ status: 409, body: { code: 'environment-exists' } });
    for (const alias of ['uno', 'one', 'two']) {
      const taken = await api.post('/api/admin/environments', { slug: 'two', parent: 'production', aliases: ['free', alias] });
      expect(taken).toMatchObject({
        status: 409,
        body: { code: 'name-taken', errors: [{ pointer: '/aliases/1', code: 'name-taken' }] },
      });
    }
    const own = await api.patch('/api/admin/environments/one', { aliases: ['eins'] });
    expect(own.body.aliases).toEqual(['eins']);
    expect((await api.post('/api/admin/environments', { slug: 'two', parent: 'production', aliases: ['uno'] })).status).toBe(201);
  });

  it.each([
    ['too many', Array.from({ length: 11 }, (_, index) => `n${String(index)}`), '/aliases'],
    ['in capitals', ['Prod'], '/aliases/0'],
    ['in the form of an id', ['0190b0e4-7c5a-7d3e-8f10-0123456789ab'], '/aliases/0'],
    ['the same twice', ['x', 'x'], '/aliases/1'],
    ['no list', 'x', '/aliases'],
  ])('refuses aliases: %s', async (_what, aliases, pointer) => {
    const answer = await api.patch('/api/admin/environments/staging', { aliases });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('is answered by its slug when it loses the alias by which it was edited', async () => {
    await api.patch('/api/admin/environments/staging', { aliases: ['stage'] });
    const answer = await api.patch('/api/admin/environments/stage', { aliases: [] });
    expect(answer).toMatchObject({ status: 200, body: { slug: 'staging', aliases: [] } });
    expect((await api.get('/api/admin/environments/stage')).status).toBe(404);
  });

  it('comes back by an alias that it had, without those that another one has now', async () => {
    await api.post('/api/admin/environments', { slug: 'gone', parent: 'production', aliases: ['lost', 'kept'] });
    await api.delete('/api/admin/environments/kept');
    await api.patch('/api/admin/environments/staging', { aliases: ['lost'] });
    const refused = await api.post('/api/admin/environments/lost/restore');
    expect(refused).toMatchObject({ status: 409, body: { code: 'environment-exists' } });
    const back = await api.post('/api/admin/environments/kept/restore');
    expect(back).toMatchObject({ status: 200, body: { slug: 'gone', aliases: ['kept'], lostAliases: ['lost'] } });
    await api.patch('/api/admin/environments/staging', { aliases: [] });
  });
});

describe('every face takes a slug, an alias or an id, and says the slug', () => {
  it.each(['prod', 'production', 'id'])('management: %s', async (given) => {
    const name = given === 'id' ? production : given;
    const override = await api.put(`/api/admin/environments/${name}/feature-flags/ui.dark_mode`, { enabled: true });
    expect(override.body).toMatchObject({ environment: 'production', enabled: true });
    if (override.status === 201)
      expect(override.headers.get('location')).toBe('/api/admin/environments/production/feature-flags/ui.dark_mode');
    expect((await api.get(`${FLAG}?env=${name}`)).body).toMatchObject({ environment: 'production' });
    expect((await api.patch(FLAG, { environment: name, enabled: false, reason: 'by name' })).body).toMatchObject({
      environment: 'production',
    });
    expect(
      Object.keys((await api.get(`/api/admin/feature-flags?envs=${name},dev`)).body.items[0].environments as object),
    ).toEqual(['production', 'development']);
    expect((await api.get(`/api/admin/environments/${name}/children`)).body.items[0]).toMatchObject({ parent: 'production' });
    const audit = await api.get(`/api/flags/audit?environment=${name}&limit=1`);
    expect(audit.body.items).toMatchObject([{ environment: 'production', reason: 'by name' }]);
    expect((await api.get(`/api/admin/compare?from=${name}&to=dev`)).body).toMatchObject({
      from: 'production',
      to: 'development',
    });
    const explained = await api.post(`${FLAG}/explain`, { environment: name, context: {} });
    expect(explained).toMatchObject({ status: 200, body: { environment: 'production' } });
    const exported = await api.get(`/api/admin/export?environments=${name}`);
    expect(exported.body).toMatchObject({ selection: { environments: ['production'] } });
    expect((await api.get(`/api/admin/export?format=flagd&env=${name}`)).body.metadata.flagSetId).toBe('production');
    const bulk = await api.post('/api/admin/bulk', { operation: 'enable', flags: ['ui.dark_mode'], environments: [name] });
    expect(bulk.body.items).toMatchObject([{ environment: 'production' }]);
    const check = await api.put(`${FLAG}/checks/c`, { environment: name, context: {}, variant: 'on' });
    expect(check.body.environment).toBe('production');
    expect((await api.post(`${FLAG}/checks/run?env=${name}`)).body.items).toMatchObject([{ environment: 'production' }]);
    const restored = await api.post('/api/admin/restore', { environment: name, at: (await api.get(FLAG)).body.revision });
    expect(restored.status).toBe(200);
    const promoted = await api.post(`${FLAG}/promote`, { from: 'dev', to: name, mode: 'resolved', dryRun: true });
    expect(promoted.body).toMatchObject({ from: 'development', to: 'production' });
  });

  it('pipelines: stored by slug, and a step is there once under whatever names', async () => {
    const steps = (...names: string[]) => ({ steps: names.map((environment) => ({ environment })) });
    const saved = await api.put('/api/admin/pipelines/main', steps('dev', 'staging', production));
    expect((saved.body.steps as { environment: string }[]).map((step) => step.environment)).toEqual([
      'development',
      'staging',
      'production',
    ]);
    const twice = await api.put('/api/admin/pipelines/main', steps('dev', 'development'));
    expect(twice).toMatchObject({ status: 422, body: { code: 'step-twice', errors: [{ pointer: '/steps/1/environment' }] } });
    await api.delete('/api/admin/pipelines/main');
  });

  it('tokens: limited to what the names mean', async () => {
    const made = await api.post('/api/admin/tokens', {
      name: 'web',
      kind: 'client',
      environments: ['prod', 'production', production],
    });
    expect(made.body.environments).toEqual(['production']);
    const web = api.as(String(made.body.token));
    expect((await web.get('/api/feature-flags/environment')).body).toMatchObject({ environment: 'production', by: 'token' });
    expect((await web.get('/api/feature-flags/environment?env=prod')).status).toBe(200);
    const refused = await web.get('/api/feature-flags/environment?env=dev');
    expect(refused.status).toBe(403);
    // A name outside of the scope is not explained.
    expect(refused.headers.get('x-resolved-environment')).toBe('dev');
    expect(refused.body.detail).not.toContain('development');
  });

  it.each(['header', 'query'])('evaluation: by %s, on both ways', async (way) => {
    for (const name of ['prod', production, 'production']) {
      const options = way === 'header' ? { headers: { 'x-environment': name } } : {};
      const query = way === 'query' ? `?env=${name}` : '';
      const ofrep = await api.post(`/ofrep/v1/evaluate/flags/ui.dark_mode${query}`, { context: {} }, options);
      expect(ofrep.headers.get('x-resolved-environment')).toBe('production');
      const native = await api.post(`/api/feature-flags/evaluate${query}`, { context: {} }, options);
      expect(native.body.environment).toBe('production');
      expect(native.headers.get('x-resolved-environment')).toBe('production');
      expect((await api.get(`/flagd/v1/${name}/flags.json`)).headers.get('x-resolved-environment')).toBe('production');
    }
  });

  it('streams: the event stream of an alias is that of the environment', async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/api/feature-flags/stream?env=dev`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
      signal: abort.signal,
    });
    expect(response.headers.get('x-resolved-environment')).toBe('development');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('"environment":"development"')) text += new TextDecoder().decode((await reader.read()).value);
    abort.abort();
    const bulk = await api.post('/ofrep/v1/evaluate/flags?env=dev', { context: {} });
    const { requestUri } = bulk.body.eventStreams[0].endpoint;
    const ticketed = await fetch(server.url + String(requestUri), { method: 'HEAD' });
    expect(ticketed.headers.get('x-resolved-environment')).toBe('development');
  });

  it('the past: by the names of then, and by those that came since', async () => {
    const { revision } = (await api.get(FLAG)).body;
    await api.patch('/api/admin/environments/staging', { aliases: ['later'] });
    expect((await api.get(`${FLAG}?env=later&at=${String(revision)}`)).body).toMatchObject({ environment: 'staging' });
    const then = await api.get(`/api/feature-flags/environment?env=later&at=${String(revision)}`);
    expect(then.body.environment).toBe('staging');
    expect(then.headers.get('x-resolved-environment')).toBe('staging');
  });
});
