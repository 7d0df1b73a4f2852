import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { expectAsInDatabase, flagsOf, tagOf } from '../faults/history.js';
import { Wanderer } from '../faults/wanderer.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { Cluster } from './cluster.js';
import { breakThings } from './faults.js';
import { type Entry, judge, type Judgement } from './judge.js';
import { randomFrom } from './random.js';
import { evaluate, read, Seen, watchRevisions } from './readers.js';
import { Account, SHARED, Writer } from './writers.js';

// What is lost once may be there in a second try.
jest.retryTimes(0);

const { FLAGTREE_TEST_HISTORY_SECONDS, FLAGTREE_TEST_HISTORY_SEED = String(Date.now() % 1_000_000) } = process.env;
const SECONDS = Number(FLAGTREE_TEST_HISTORY_SECONDS ?? 60);
/** `npm run test:nightly` says for how long. */
const ofHistory = FLAGTREE_TEST_HISTORY_SECONDS === undefined ? describe.skip : describe;
const ENVIRONMENTS = ['production', 'staging', 'development'];
const FLAGS = ['one', 'two', 'three', 'four'];
const HEALED_MS = 60_000;

const random = randomFrom(Number(FLAGTREE_TEST_HISTORY_SEED));
const account = new Account();
const seen = new Seen();
const wanderers: Wanderer[] = [];
let cluster: Cluster;
let judgement: Judgement;

ofHistory(`${String(SECONDS)} seconds of two servers under faults, with seed ${FLAGTREE_TEST_HISTORY_SEED}`, () => {
  beforeAll(
    async () => {
      cluster = await Cluster.start();
      const [{ api }] = cluster.nodes;
      for (const flag of [...FLAGS, SHARED]) await makeFlag(api, flag, { description: `${flag}-0` });
      const token = await makeToken(api, ['production'], { includeDescendants: true });
      for (const node of cluster.nodes) await until(async () => (await node.api.as(token).get('/api/feature-flags/environment')).status === 200, 'the token'); // prettier-ignore
      for (let number = 0; number < 9; number++)
        wanderers.push(
          new Wanderer({
            apis: cluster.nodes.map((node) => node.api),
            token,
            environment: ENVIRONMENTS[number % 3] ?? '',
            random,
            longestStayMs: number < 3 ? 10_000 : 2_000,
          }),
        );
      const end = performance.now() + SECONDS * 1_000;
      const isOver = () => performance.now() > end;
      const faults = breakThings(cluster, random, isOver);
      await Promise.all([
        faults,
        ...FLAGS.map((flag) => new Writer(flag, cluster, account, random).write(isOver)),
        ...cluster.nodes.flatMap((node) => [evaluate(node, token, seen, isOver), watchRevisions(node, seen, isOver)]),
        read(cluster, FLAGS, account, seen, random, isOver),
        ...wanderers.map((wanderer) => wanderer.wander(isOver)),
      ]);
      await heal();
      judgement = judge(account.operations, await loggedEntries());
      printFaults(await faults);
    },
    (SECONDS + 180) * 1_000,
  );

  afterAll(async () => {
    for (const wanderer of wanderers) wanderer.disconnect();
    await cluster.remove();
  }, 120_000);

  it('lose no acknowledged write', () => {
    expect(judgement.acknowledged).toBeGreaterThan(SECONDS);
    expect(judgement.lost).toEqual([]);
  });

  it('give no answer that the audit log contradicts', async () => {
    expect([...judgement.untrue, ...account.wrong, ...seen.untrue, ...seen.failed]).toEqual([]);
    const marks = new Set((await loggedEntries()).map(({ mark }) => mark));
    expect([...seen.marks].filter((mark) => !mark.endsWith('-0') && !marks.has(mark))).toEqual([]);
    expect(seen.evaluations).toBeGreaterThan(SECONDS * 5);
  });

  it('evaluate by no revision that is older than the one before', () => {
    expect(seen.wentBack).toEqual([]);
  });

  it('leave every stream with every key that has changed, in order, or with an explicit reset', async () => {
    for (const wanderer of wanderers) {
      const isTold = async () => {
        wanderer.listen();
        return wanderer.told.lastTag === (await tagOf(cluster.nodes[0].api, wanderer.environment));
      };
      await until(isTold, `the last change of ${wanderer.environment}`, HEALED_MS);
      const { violations } = wanderer.told;
      const missed = wanderer.told.missed(await flagsOf(cluster.nodes[0].api, wanderer.environment));
      expect({ violations, missed }).toEqual({ violations: [], missed: [] });
    }
    const sum = (of: (wanderer: Wanderer) => number) => wanderers.reduce((all, one) => all + of(one), 0);
    print(
      `${String(judgement.acknowledged)} acknowledged writes, 0 lost; ${String(judgement.refused)} refused, ${String(judgement.unknown)} of unknown outcome, ` +
        `0 untrue answers; ${String(seen.reads)} reads (${String(seen.stale)} said that they may be old), ${String(seen.evaluations)} evaluations (0 failed), ` +
        `0 revisions that went back; ${String(wanderers.length)} streams with ${String(sum(({ connections }) => connections))} connections were told ` +
        `${String(sum(({ told }) => told.events))} events (${String(sum(({ told }) => told.resets))} resets), 0 keys missed`,
    );
  }, 600_000);

  it('leave both servers with what the database has, and an unbroken log', async () => {
    const apis = cluster.nodes.map(({ api }) => api);
    for (const environment of ENVIRONMENTS) await expectAsInDatabase(cluster.database.url, apis, environment);
    for (const api of apis) expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });
});

/** Until both servers know that all is well again. */
async function heal(): Promise<void> {
  for (const { link, api, name } of cluster.nodes) {
    Object.assign(link, { notifications: 'pass', commits: 'pass', isOpen: true });
    const isReady = async () => (await api.get('/health/ready')).body.status === 'ok';
    await until(() => isReady().catch(() => false), `the readiness of ${name}`, HEALED_MS);
  }
}

/** Every change that has a mark, with what it followed if it edited the base of a flag. */
async function loggedEntries(): Promise<Entry[]> {
  const rows = await sql(
    cluster.database.url,
    `SELECT log.reason AS mark, log.revision::int AS revision,
            max(log.before ->> 'description') FILTER (WHERE 'description' = ANY (log.changed)) AS after
       FROM flagtree.audit_log AS log WHERE log.reason ~ '^[a-z]+-[0-9]+$' GROUP BY log.reason, log.revision ORDER BY log.revision`,
  );
  return rows as unknown as Entry[];
}

function printFaults(faults: Map<string, number>): void {
  print(Array.from(faults, ([name, times]) => `${String(times)} × ${name}`).join(', '));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
