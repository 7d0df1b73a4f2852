import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { PostgresLink } from './postgres-link.js';

const FLAGS = '/api/admin/feature-flags';

/** `near` sits beside the database; `far` reaches it over a link that loses COMMITs. */
let near: TestServer;
let far: TestServer;
let link: PostgresLink;
let truth: Api;
let api: Api;
let made = 0;

beforeAll(async () => {
  near = await startServer();
  link = await PostgresLink.to(near.databaseUrl);
  far = await startServer({ env: { DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: near.adminToken } });
  truth = await Api.of(near.url, near.adminToken);
  api = await Api.of(far.url, near.adminToken);
});

afterAll(async () => {
  await far.stop();
  await link.close();
  await near.stop();
});

afterEach(() => {
  link.commits = 'pass';
  link.onFault = () => undefined;
  link.isOpen = true;
  link.spared = 0;
});

/** What a COMMIT suffers, once. */
function once(commits: PostgresLink['commits']): void {
  link.commits = commits;
  link.onFault = () => (link.commits = 'pass');
}

async function isThere(key: string): Promise<boolean> {
  return (await truth.get(`${FLAGS}/${key}`)).status === 200;
}

/** The revision in which a flag was made, before the edit that follows. */
async function madeAt(key: string): Promise<number> {
  const { body } = await truth.get(`/api/flags/audit?flag=${key}&limit=200`);
  return Math.min(...(body.items as { revision: number }[]).map(({ revision }) => revision));
}

async function tokenNamed(name: string): Promise<string> {
  const { body } = await truth.get('/api/admin/tokens?limit=200');
  return (body.items as { id: string; name: string }[]).find((token) => token.name === name)?.id ?? '';
}

describe('a COMMIT whose answer is lost', () => {
  const writes: Record<string, (key: string) => Promise<{ status: number }>> = {
    'a flag': (key) => api.post(FLAGS, { key }),
    'an edit': (key) => api.patch(`${FLAGS}/${key}`, { name: 'after' }),
    'an override': (key) => api.put(`/api/admin/environments/staging/feature-flags/${key}`, { enabled: true }),
    'a bulk edit': (key) => api.post('/api/admin/bulk', { operation: 'set', flags: [key], environments: ['staging'], set: { enabled: true } }), // prettier-ignore
    'an import': (key) => api.post('/api/admin/import', { format: 'flagtree-states', version: 2, flags: [{ key, variants: [{ key: 'on', value: true }] }] }), // prettier-ignore
    'a promotion': (key) => api.post(`${FLAGS}/${key}/promote`, { from: 'development', to: ['staging'] }),
    'a restore': async (key) => api.post('/api/admin/restore', { flag: key, at: await madeAt(key) }),
    'a rotation': async (key) => api.post(`/api/admin/tokens/${await tokenNamed(key)}/rotate`),
    'a deletion': (key) => api.delete(`${FLAGS}/${key}`),
  };

  it.each([
    ['unanswered', true],
    ['swallowed', true],
    ['lost', false],
    ['stuck', false],
  ] as const)('%s: the caller hears what became of it', async (fault, committed) => {
    const key = `flag-${String(made++)}`;
    once(fault);
    const { status, body } = await api.post(FLAGS, { key });
    expect(await isThere(key)).toBe(committed);
    if (committed) expect({ status, key: body.key as string }).toEqual({ status: 201, key });
    else expect({ status, code: body.code as string }).toEqual({ status: 503, code: 'database-away' });
    // Nothing of it holds up the next one.
    expect((await api.post(FLAGS, { key: `${key}-next` })).status).toBe(201);
  });

  it.each(Object.entries(writes))('%s was carried out, and is answered as such', async (what, write) => {
    const key = `flag-${String(made++)}`;
    if (what !== 'a flag') await makeFlag(api, key);
    if (what === 'a rotation') await api.post('/api/admin/tokens', { name: key, kind: 'client', environments: ['staging'] });
    if (what !== 'a flag') await api.put(`/api/admin/environments/development/feature-flags/${key}`, { enabled: false });
    const [before] = await sql(near.databaseUrl, 'SELECT revision::int FROM flagtree.ledger');
    once('unanswered');
    const answer = await write(key);
    expect(answer.status).toBeLessThan(300);
    expect(await sql(near.databaseUrl, 'SELECT revision::int FROM flagtree.ledger')).toEqual([
      { revision: (before?.['revision'] as number) + 1 },
    ]);
  });

  it('shows the secret of the token that it made', async () => {
    once('unanswered');
    const { status, body } = await api.post('/api/admin/tokens', {
      name: 'made once',
      kind: 'client',
      environments: ['staging'],
    });
    expect(status).toBe(201);
    await until(async () => (await truth.as(body.token as string).get('/api/feature-flags/environment')).status === 200, 'it');
  });

  it('ends an import job as what it was', async () => {
    const document = {
      format: 'flagtree-states',
      version: 2,
      flags: [{ key: 'by-job', variants: [{ key: 'on', value: true }] }],
    };
    once('unanswered');
    link.spared = 1; // that of the job itself
    const { body: job } = await api.post('/api/admin/import?async=true', document);
    const ended = async () => {
      const { body } = await truth.get(`/api/admin/jobs/${String(job.id)}`);
      return ['queued', 'running'].includes(body.status as string) ? null : (body.status as string);
    };
    await until(async () => (await ended()) !== null, 'the end of the job');
    expect([await ended(), await isThere('by-job')]).toEqual(['succeeded', true]);
  });

  it('cancels a job that it was to cancel', async () => {
    const flags = Array.from({ length: 2_000 }, (_, index) => ({ key: `of-job-${String(index)}`, variants: [{ key: 'on', value: true }] })); // prettier-ignore
    const { body: job } = await api.post('/api/admin/import?async=true', { format: 'flagtree-states', version: 2, flags });
    once('unanswered');
    const { status, body } = await api.post(`/api/admin/jobs/${String(job.id)}/cancel`);
    expect([status, body.cancelRequested]).toEqual([200, true]);
    await until(async () => (await truth.get(`/api/admin/jobs/${String(job.id)}`)).body.status === 'cancelled', 'the end');
    expect(await isThere('of-job-0')).toBe(false);
  });

  it('is not known while the database cannot be asked, and says so instead of anything else', async () => {
    const key = `flag-${String(made++)}`;
    link.commits = 'unanswered';
    link.onFault = () => {
      link.commits = 'pass';
      link.isOpen = false;
      link.reset();
    };
    const write = api.post(FLAGS, { key });
    const { status, body, headers } = await write;
    expect({ status, code: body.code as string }).toEqual({ status: 503, code: 'outcome-unknown' });
    expect(body.detail).toMatch(/Look before you repeat/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    link.isOpen = true;
    await until(async () => (await api.get('/health/ready')).body.checks.database.status === 'up', 'the database');
  });

  it('is learned from a database that comes back in time', async () => {
    const key = `flag-${String(made++)}`;
    link.commits = 'unanswered';
    link.onFault = () => {
      link.commits = 'pass';
      link.isOpen = false;
      void sleep(2_000).then(() => (link.isOpen = true));
    };
    expect((await api.post(FLAGS, { key })).status).toBe(201);
    expect(await isThere(key)).toBe(true);
  });
});
