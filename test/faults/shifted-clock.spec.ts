import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { until } from '../support/until.js';

const FLAGS = '/api/admin/feature-flags';
const MINUTE = 60_000;

let server: Server;
let api: Api;

beforeAll(async () => {
  const NODE_OPTIONS = `--import=${resolve('test/faults/shifted-clock.mjs')}`;
  server = await startServer({ env: { NODE_OPTIONS } });
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();
const isAboutNow = (text: unknown) => Math.abs(Date.parse(String(text)) - Date.now()) < 5 * MINUTE;

describe('a server whose clock is an hour ahead decides by that of the database', () => {
  it('and says so', async () => {
    const check = async () => (await api.get('/health/ready')).body.checks.clock;
    await until(async () => (await check()).status === 'degraded', 'the check');
    expect((await check()).detail).toMatch(/^The clock of this machine is 3[56]\d\d s ahead of that of the database/);
    expect(server.logs()).toMatch(/is 3[56]\d\d s ahead of that of the database/);
    expect(
      await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.adminToken}` } }).then((answer) =>
        answer.text(),
      ),
    ).toMatch(/^flagtree_clock_skew_seconds 3[56]\d\d/m);
  });

  it('whether a token has expired', async () => {
    const { status, body } = await api.post('/api/admin/tokens', {
      name: 'short',
      kind: 'admin',
      role: 'developer',
      expiresAt: inMinutes(10),
    });
    expect(status).toBe(201);
    const short = api.as(body.token as string);
    expect((await short.get(FLAGS)).status).toBe(200);
    expect((await short.post(FLAGS, { key: 'by-short' })).status).toBe(201);
    expect(
      (await api.post('/api/admin/tokens', { name: 'past', kind: 'admin', role: 'viewer', expiresAt: inMinutes(-1) })).status,
    ).toBe(422);
  });

  it('when a flag was archived, and a token revoked', async () => {
    await api.post(FLAGS, { key: 'old' });
    await api.delete(`${FLAGS}/old`);
    expect(isAboutNow((await api.get(`${FLAGS}/old`)).body.archivedAt)).toBe(true);
    const { body } = await api.post('/api/admin/tokens', { name: 'gone', kind: 'admin', role: 'viewer' });
    await api.delete(`/api/admin/tokens/${String(body.id)}`);
    expect(isAboutNow((await api.get(`/api/admin/tokens/${String(body.id)}`)).body.revokedAt)).toBe(true);
  });

  it('what is still to come', async () => {
    expect(await api.get(`${FLAGS}?at=${inMinutes(10)}`)).toMatchObject({ status: 400, body: { code: 'moment-in-the-future' } });
    expect((await api.get(`${FLAGS}?at=${inMinutes(0)}`)).status).toBe(200);
  });

  it('whether the hours are frozen, and how long a change has soaked', async () => {
    await api.post(FLAGS, { key: 'moved' });
    await api.put('/api/admin/environments/staging/feature-flags/moved', { enabled: true });
    const steps = [
      { environment: 'staging', gates: [] },
      {
        environment: 'production',
        gates: [
          { gate: 'soak', minutes: 30 },
          { gate: 'frozen-hours', timeZone: 'UTC', windows: [thisHour()] },
        ],
      },
    ];
    expect((await api.put('/api/admin/pipelines/main', { steps })).status).toBe(201);
    const { body } = await api.post(`${FLAGS}/moved/promote?dryRun=true`, { from: 'staging', to: 'production', reason: 'x' });
    const gates = body.gates as { gate: string; state: string }[];
    const states = Object.fromEntries(gates.map(({ gate, state }) => [gate, state]));
    expect(states).toMatchObject({ soak: 'waiting', 'frozen-hours': 'waiting' });
  });

  it('what the time of day of an evaluation is', async () => {
    const condition = { '<': [{ var: '$flagd.timestamp' }, Math.round(Date.now() / 1_000) + 1_800] };
    const rules = [{ id: 'now', targeting: { if: [condition, 'on', 'off'] } }];
    const made = await api.post(FLAGS, { key: 'timed', enabled: true, defaultVariant: 'off', rules });
    expect(made.status).toBe(201);
    const { body } = await api.post('/api/feature-flags/evaluate?env=production', {
      context: { targetingKey: 'a' },
      flags: ['timed'],
    });
    expect(body.flags.timed.value).toBe(true);
    const ofrep = await fetch(`${server.url}/ofrep/v1/evaluate/flags/timed?env=production`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ context: { targetingKey: 'a' } }),
    });
    expect(await ofrep.json()).toMatchObject({ value: true });
  });
});

/** From half an hour ago until half an hour from now: the server's own clock lies outside. */
function thisHour() {
  const at = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString().slice(11, 16);
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  return { days, from: at(-30), to: at(30) };
}
