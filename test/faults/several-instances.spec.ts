import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag, makeFlag, makeToken, setOverride } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { History } from './history.js';
import { PostgresLink } from './postgres-link.js';

/** Three servers of one database: the first beside it, the other two over links of their own that the tests break. */
let servers: TestServer[];
let apis: [Api, Api, Api];
let links: [PostgresLink, PostgresLink];
let history: History | undefined;
let token: string;

const [BEFORE_POLL, AFTER_POLL] = [2_000, 7_500];

beforeAll(async () => {
  const first = await startServer();
  links = [await PostgresLink.to(first.databaseUrl), await PostgresLink.to(first.databaseUrl)];
  const others = await Promise.all(
    links.map(({ url }) => startServer({ env: { DATABASE_URL: url, FLAGTREE_ADMIN_TOKEN: first.adminToken } })),
  );
  servers = [first, ...others];
  apis = (await Promise.all(servers.map(({ url }) => Api.of(url, first.adminToken)))) as [Api, Api, Api];
  await makeFlag(apis[0], 'lamp');
  await makeFlag(apis[1], 'door');
  token = await makeToken(apis[2], ['production'], { includeDescendants: true });
  await until(
    async () => (await Promise.all(apis.map((api) => revisionOf(api)))).every((one, _, [head]) => one === head),
    'equal revisions',
  );
});

afterAll(async () => {
  for (const server of [...servers].reverse()) await server.stop();
  for (const link of links) await link.close();
});

afterEach(() => {
  history?.close();
  for (const link of links) link.notifications = 'pass';
});

const revisionOf = async (api: Api) => (await api.get('/api/feature-flags/environment')).body.revision as number;
const percentageOf = async (api: Api) => (await api.get('/api/feature-flags/snapshot')).body.flags.lamp.percentage as number;

async function everywhere(): Promise<History> {
  const told = new History();
  history = told;
  for (const api of apis)
    for (const slug of ['production', 'staging', 'development']) await told.follow(api, token, slug).first(1);
  return told;
}

/** Writes through all three servers, and once as a DBA. */
async function writeEverywhere(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await Promise.all([
      editFlag(apis[0], 'lamp', { percentage: round }),
      setOverride(apis[1], 'staging', 'door', { percentage: round }),
      editFlag(apis[2], 'door', { enabled: round % 2 === 0 }),
    ]);
  }
  await sql(servers[0]?.databaseUrl ?? '', `UPDATE flagtree.flags SET percentage = 77 WHERE key = 'lamp'`);
}

describe('writes through three servers and by hand', () => {
  it('reach the readers of all of them, in order, once each', async () => {
    const told = await everywhere();
    await writeEverywhere(15);
    await told.check(apis[0]);
  });
});

describe.each(['twice', 'late', 'drop'] as const)('while notifications arrive %s', (how) => {
  it('readers are told the same, and nothing goes back', async () => {
    for (const link of links) link.notifications = how;
    const told = await everywhere();
    await writeEverywhere(8);
    await told.check(apis[0], AFTER_POLL);
  });
});

describe('a server whose connections are reset', () => {
  it('follows again within two seconds or so of the change, with all that it missed', async () => {
    const told = await everywhere();
    for (let round = 0; round < 5; round++) {
      links[0].reset();
      await writeEverywhere(2).catch(() => undefined); // what goes through the broken link may be refused
    }
    await editFlag(apis[0], 'lamp', { percentage: 12 });
    await told.check(apis[0]);
  });
});

describe('a server whose connections are half-open', () => {
  it('goes on evaluating, notices, and converges, while the others do not notice', async () => {
    const told = await everywhere();
    links[1].freeze();
    await editFlag(apis[0], 'lamp', { percentage: 31 });
    const evaluated = performance.now();
    expect(await percentageOf(apis[2])).toBe(12);
    expect(performance.now() - evaluated).toBeLessThan(500);
    await until(async () => (await percentageOf(apis[1])) === 31, 'the change on the other one', BEFORE_POLL);
    await until(async () => (await percentageOf(apis[2])) === 31, 'the change', 20_000);
    await told.check(apis[0]);
    // and it writes again, over connections that work
    await until(
      async () => (await apis[2].patch('/api/admin/feature-flags/lamp', { percentage: 32 })).status === 200,
      'a write',
      20_000,
    );
  });
});

describe('a token that is revoked on one server', () => {
  it('is refused on the others, and its streams there end, within five seconds', async () => {
    const mine = await makeToken(apis[0], ['production']);
    history = new History();
    const reader = history.follow(apis[1], mine, 'production');
    await until(() => reader.events.length > 0, 'the snapshot');
    const { disconnects } = reader;
    const { body } = await apis[0].get('/api/admin/tokens');
    const { id } = body.items.find((one: { id: string }) => mine.includes(one.id));
    await apis[0].delete(`/api/admin/tokens/${id as string}`);
    await until(() => reader.disconnects > disconnects, 'the end of the stream', 5_000);
    expect((await apis[1].get('/api/feature-flags/environment', { token: mine })).status).toBe(401);
  });
});
