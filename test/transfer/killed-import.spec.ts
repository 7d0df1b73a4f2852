import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { statesDocument, variants } from './documents.js';

const FLAGS = 1_500;
const document = statesDocument({
  flags: Array.from({ length: FLAGS }, (_, index) => ({
    key: `flag-${String(index)}`,
    variants,
    defaultVariant: 'on',
    offVariant: 'off',
  })),
  overrides: Array.from({ length: FLAGS }, (_, index) => ({
    flag: `flag-${String(index)}`,
    environment: 'staging',
    enabled: true,
  })),
});

let server: Server;
let next: Server | null = null;

beforeAll(async () => void (server = await startServer()));
afterAll(async () => {
  await next?.stop();
  await server.stop();
});

const stored = async () =>
  (
    await sql(
      server.databaseUrl,
      `SELECT (SELECT count(*)::int FROM flagtree.flags) AS flags, (SELECT count(*)::int FROM flagtree.environment_flags) AS overrides,
              (SELECT revision::int FROM flagtree.ledger) AS revision, (SELECT count(*)::int FROM flagtree.verify_audit()) AS broken`,
    )
  )[0];

async function restart(): Promise<Api> {
  const env = { DATABASE_URL: server.databaseUrl };
  next = await startServer({ dataDirectory: server.dataDirectory, env });
  return Api.of(next.url, next.adminToken);
}

describe('a server that is killed in the middle of an import of many flags', () => {
  it('has imported nothing, says so after its next start, and can import them then', async () => {
    const before = await stored();
    const api = await Api.of(server.url, server.adminToken);
    const { body: job } = await api.post('/api/admin/import?async=true', document);
    const path = `/api/admin/jobs/${String(job.id)}`;
    for (let written = 0; written === 0;) {
      await sleep(10);
      const { body } = await api.get(path);
      expect(['queued', 'running']).toContain(body.status);
      written = body.progress.step === 'writing' ? (body.progress.done as number) : 0;
    }
    await server.kill();
    const again = await restart();
    expect((await again.get(path)).body).toMatchObject({ status: 'failed', problem: { code: 'interrupted' }, revision: null });
    expect(await stored()).toEqual(before);

    const { body: second } = await again.post('/api/admin/import?async=true', document);
    for (let status = ''; status !== 'succeeded';) {
      await sleep(50);
      ({ status } = (await again.get(`/api/admin/jobs/${String(second.id)}`)).body as { status: string });
      expect(status).not.toBe('failed');
    }
    expect(await stored()).toEqual({ flags: FLAGS, overrides: FLAGS, revision: Number(before?.['revision']) + 1, broken: 0 });
  });
});
