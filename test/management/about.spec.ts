import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_FLAG_LIMIT: '77', FLAGTREE_PUBLIC_URL: 'https://flags.example.com/x' } });
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

it('says whose token it is, to tokens of applications, too', async () => {
  expect((await api.get('/api/admin/whoami')).body).toMatchObject({ kind: 'admin', role: 'admin', environments: null });
  const client = await makeToken(api, ['dev']);
  const { status, body } = await api.as(client).get('/api/admin/whoami');
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind: 'client', role: null, environments: ['development'], actor: `token:${body.name}` });
  expect(client).toContain(body.id);
  expect(JSON.stringify(body)).not.toContain(client);
});

it('says which server it is, without its secrets and addresses', async () => {
  await makeFlag(api, 'about.one');
  const { body } = await api.get('/api/admin/server');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const newest = (await api.get('/api/flags/audit?limit=1')).body.items[0].revision;
  expect(body).toMatchObject({
    version,
    revision: newest,
    counts: { environments: 3, flags: 1, archivedFlags: 0, segments: 0 },
    environment: { default: 'production', inheritance: true, header: 'x-environment' },
    limits: { sizes: { flags: 77 } },
    database: { kind: 'external', status: 'up' },
    publicUrl: 'https://flags.example.com/x',
  });
  expect(Math.abs(Date.parse(body.time) - Date.now())).toBeLessThan(60_000);
  for (const secret of [server.databaseUrl, server.dataDirectory, server.adminToken])
    expect(JSON.stringify(body)).not.toContain(secret);
});

it('notes where it answers, for commands beside it, and takes the note away', () => {
  const note = join(server.dataDirectory, 'server.json');
  expect(JSON.parse(readFileSync(note, 'utf8'))).toEqual({ url: server.url, pid: server.pid });
});
