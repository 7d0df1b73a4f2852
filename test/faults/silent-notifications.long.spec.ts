import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { PostgresLink } from './postgres-link.js';

let near: TestServer;
let far: TestServer;
let link: PostgresLink;

beforeAll(async () => {
  near = await startServer();
  link = await PostgresLink.to(near.databaseUrl);
  link.notifications = 'drop';
  far = await startServer({ env: { DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: near.adminToken } });
});

afterAll(async () => {
  await far.stop();
  await link.close();
  await near.stop();
});

it('notifications that arrive again are noticed, and the notice goes away', async () => {
  const api = await Api.of(far.url, near.adminToken);
  const changeFeed = async () => (await api.get('/health/ready')).body.checks.changeFeed as { detail?: string };
  await until(async () => (await changeFeed()).detail !== undefined, 'the notice');
  link.notifications = 'pass';
  await until(async () => (await changeFeed()).detail === undefined, 'the recovery', 20_000);
  expect(far.logs().match(/Notifications of PostgreSQL do not arrive/g)).toHaveLength(1);
});
