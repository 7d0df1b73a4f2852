import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { statesDocument, variants } from '../transfer/documents.js';

const FLAGS = '/api/admin/feature-flags';
const OVERRIDES = '/api/admin/environments/staging/feature-flags';
const MANY = 500;
/** So many edits of all flags: more entries than are folded one by one. */
const ROUNDS = 12;

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
}, 60_000);
afterAll(() => server.stop());

const PLACES = [
  `${FLAGS}/f-7?env=staging`,
  `${FLAGS}/gone`,
  `${FLAGS}?limit=200`,
  '/api/admin/environments',
  '/api/admin/segments',
  OVERRIDES,
];

/** All that can be asked of a moment; the present without one. */
const at = async (revision?: number) => {
  const answers: unknown[] = [];
  for (const place of PLACES) {
    const query = revision === undefined ? '' : `${place.includes('?') ? '&' : '?'}at=${String(revision)}`;
    const { status, body } = await api.get(place + query);
    answers.push(status === 200 ? body : status);
  }
  return answers;
};

const revisionNow = async () =>
  Number((await sql(server.databaseUrl, 'SELECT ledger.revision FROM flagtree.ledger AS ledger'))[0]?.['revision']);

it('a moment that is many entries away is as it was, with what was deleted and made anew under its name since', async () => {
  const told: [number, unknown][] = [];
  const note = async () => void told.push([await revisionNow(), await at()]);
  const step = async (answer: Promise<{ status: number }>) => {
    expect((await answer).status).toBeLessThan(300);
    await note();
  };
  const flags = Array.from({ length: MANY }, (_, index) => ({
    key: `f-${String(index)}`,
    type: 'boolean',
    variants,
    defaultVariant: 'on',
    offVariant: 'off',
  }));
  await note();
  await step(api.post('/api/admin/import', statesDocument({ flags })));
  await step(api.post(FLAGS, { key: 'gone' }));
  await step(api.put(`${OVERRIDES}/f-7`, { enabled: true }));
  await step(api.post('/api/admin/segments', { key: 'staff', conditions: [{ attribute: 'a', operator: 'in', values: ['1'] }] }));
  for (let round = 0; round < ROUNDS; round++)
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET description = 'Edit ${String(round)}'`);
  await step(api.delete(`${OVERRIDES}/f-7`));
  await step(api.put(`${OVERRIDES}/f-7`, { enabled: false, percentage: 5 }));
  await step(api.delete('/api/admin/segments/staff'));
  await step(api.post('/api/admin/segments', { key: 'staff', conditions: [{ attribute: 'b', operator: 'in', values: ['2'] }] }));
  await step(api.delete(`${FLAGS}/gone`));
  await step(api.delete('/api/admin/environments/development'));
  const beforeAll = told.splice(0, 5);
  for (const [revision, then] of beforeAll) expect([revision, await at(revision)]).toEqual([revision, then]);
  for (const [revision, then] of told) expect([revision, await at(revision)]).toEqual([revision, then]);
}, 120_000);
