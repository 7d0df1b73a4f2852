import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { COLLECTS_ON_SIGNAL, growth, type Sample, sample } from './flatness.js';
import { expectAsInDatabase, flagsOf, tagOf } from './history.js';
import { Wanderer } from './wanderer.js';

// What two servers lose once they may keep in a second try.
jest.retryTimes(0);

const { FLAGTREE_TEST_SOAK_MINUTES = '0.4' } = process.env;
const MINUTES = Number(FLAGTREE_TEST_SOAK_MINUTES);
/** In less than this, memory has not settled and says nothing. */
const IS_LONG = MINUTES >= 5;
const CHANGES_PER_SECOND = IS_LONG ? 1 : 10;
const EVALUATIONS_PER_SECOND = 50;
const SAMPLES = IS_LONG ? 24 : 4;
const ENVIRONMENTS = ['production', 'staging', 'development'];
const FLAGS = Array.from({ length: 20 }, (_, number) => `flag-${String(number)}`);
const FLAT = { heapMb: 3, heapMbPerHour: 1, fds: 20 };

let servers: [TestServer, TestServer];
let apis: [Api, Api];
let token: string;
const wanderers: Wanderer[] = [];
const evaluations = { answered: 0, failed: [] as unknown[] };
const polled: { revision: number; before: number }[] = [];
const samples: [Sample[], Sample[]] = [[], []];
const changes = { done: 0, refused: 0, wrong: [] as unknown[] };
let isOver = false;

const below = (count: number) => Math.floor(Math.random() * count);
const oneOf = <T>(choices: readonly [T, ...T[]] | readonly T[]): T => choices[below(choices.length)] as T;

beforeAll(async () => {
  const env = { ...COLLECTS_ON_SIGNAL, FLAGTREE_LOG_LEVEL: 'warn', FLAGTREE_STREAM_RATE: '10000' };
  const first = await startServer({ env });
  const second = await startServer({
    env: { ...env, DATABASE_URL: first.databaseUrl, FLAGTREE_ADMIN_TOKEN: first.adminToken },
  });
  servers = [first, second];
  apis = [await Api.of(first.url, first.adminToken), await Api.of(second.url, first.adminToken)];
  for (const flag of FLAGS) await makeFlag(apis[0], flag);
  token = await makeToken(apis[0], ['production'], { includeDescendants: true });
  for (const api of apis) await until(async () => (await api.as(token).get('/api/feature-flags/environment')).status === 200, 'the token'); // prettier-ignore
  for (let number = 0; number < 12; number++) {
    const environment = oneOf(ENVIRONMENTS);
    wanderers.push(new Wanderer({ apis, token, environment, random: Math.random, longestStayMs: number < 2 ? 10_000 : 1_500 }));
  }
});
afterAll(async () => {
  for (const wanderer of wanderers) wanderer.disconnect();
  for (const server of [...servers].reverse()) await server.stop();
});

describe(`${FLAGTREE_TEST_SOAK_MINUTES} minutes of changes, evaluations and clients that are cut off and resume elsewhere`, () => {
  it(
    'fail no evaluation, and go back for nobody',
    async () => {
      const end = performance.now() + MINUTES * 60_000;
      isOver = false;
      const stop = () => isOver;
      const work = [
        ...wanderers.map((wanderer) => wanderer.wander(stop)),
        often(1_000 / CHANGES_PER_SECOND, change),
        often(1_000 / EVALUATIONS_PER_SECOND, evaluate),
        ...apis.map((api) => poll(api)),
        measure(),
      ];
      while (performance.now() < end) await sleep(100);
      isOver = true;
      await Promise.all(work);
      expect(evaluations.failed).toEqual([]);
      expect(evaluations.answered).toBeGreaterThan(MINUTES * 60 * 5);
      expect(changes.wrong).toEqual([]);
      expect(changes.done).toBeGreaterThan(MINUTES * 10);
      expect(polled.filter(({ revision, before }) => revision < before)).toEqual([]);
    },
    MINUTES * 60_000 + 120_000,
  );

  it('leave every client with what it should have been told, in order, once, or with an explicit reset', async () => {
    for (const wanderer of wanderers) {
      const isTold = async () => {
        wanderer.listen();
        return wanderer.told.lastTag === (await tagOf(apis[0], wanderer.environment));
      };
      await until(isTold, `the last change of ${wanderer.environment}`);
      const { violations } = wanderer.told;
      expect({ violations, missed: wanderer.told.missed(await flagsOf(apis[0], wanderer.environment)) }).toEqual({
        violations: [],
        missed: [],
      });
    }
    const sum = (of: (wanderer: Wanderer) => number) => wanderers.reduce((all, one) => all + of(one), 0);
    expect(sum(({ connections }) => connections)).toBeGreaterThan(wanderers.length * 3);
    process.stdout.write(
      `${FLAGTREE_TEST_SOAK_MINUTES} min: ${String(changes.done)} changes (${String(changes.refused)} refused with 503), ${String(evaluations.answered)} evaluations (0 failed), ` +
        `${String(wanderers.length)} clients with ${String(sum(({ connections }) => connections))} connections were told ` +
        `${String(sum(({ told }) => told.events))} events, ${String(sum(({ told }) => told.resets))} of them resets\n`,
    );
  }, 120_000);

  it('leave both servers with what the database has', async () => {
    for (const environment of ENVIRONMENTS) await expectAsInDatabase(servers[0].databaseUrl, apis, environment);
  });

  it(IS_LONG ? 'leave the heap flat, and no file open' : 'can be measured (flatness is judged from five minutes on)', () => {
    for (const [index, of] of samples.entries()) {
      const [heap, rss, fds] = [growth(of, 'heapMb'), growth(of, 'rssMb'), growth(of, 'fds')];
      const loop = of.map(({ loopP99Ms }) => loopP99Ms).sort((a, b) => a - b);
      process.stdout.write(
        `server ${String(index + 1)}: heap ${told(of, 'heapMb')} MB (${signed(heap.perHour)} MB/h), RSS ${told(of, 'rssMb')} MB ` +
          `(${signed(rss.perHour)} MB/h), files ${told(of, 'fds')} (${signed(fds.total)}), ` +
          `event loop p99 ${loop[Math.floor(loop.length / 2)]?.toFixed(1) ?? '?'} ms (median), ${loop.at(-1)?.toFixed(1) ?? '?'} ms (worst)\n`,
      );
      expect(of.length).toBeGreaterThanOrEqual(SAMPLES / 2);
      if (!IS_LONG) continue;
      const hours = MINUTES / 60;
      expect(heap.total).toBeLessThan(Math.max(FLAT.heapMb, FLAT.heapMbPerHour * hours));
      expect(fds.total).toBeLessThan(FLAT.fds);
    }
  });
});

async function change(): Promise<void> {
  const [api, flag, edit] = [oneOf(apis), oneOf(FLAGS), { enabled: below(2) === 0, percentage: below(1_000) / 10 }];
  if (below(10) === 0) {
    await sql(servers[0].databaseUrl, 'UPDATE flagtree.flags SET percentage = $1 WHERE key = $2', [edit.percentage, flag]);
    changes.done++;
    return;
  }
  const { status, body } = await (below(2) === 0
    ? api.put(`/api/admin/environments/${oneOf(ENVIRONMENTS)}/feature-flags/${flag}`, edit)
    : api.patch(`/api/admin/feature-flags/${flag}`, edit));
  if (status < 300) changes.done++;
  else if (status === 503)
    changes.refused++; // a busy machine is slower than the limits of a write
  else changes.wrong.push(body);
}

async function evaluate(): Promise<void> {
  const url = `${oneOf(servers).url}/ofrep/v1/evaluate/flags/${oneOf(FLAGS)}?env=${oneOf(ENVIRONMENTS)}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ context: { targetingKey: `user-${String(below(1_000))}` } });
  const outcome = await fetch(url, { method: 'POST', headers, body }).then(
    async (answer) => (await answer.arrayBuffer(), answer.status),
    (error: unknown) => error,
  );
  if (outcome === 200) evaluations.answered++;
  else evaluations.failed.push(outcome);
}

/** At the same pace however long each takes; not more than a few at once. */
async function often(everyMs: number, what: () => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!isOver) {
    const one: Promise<void> = what().finally(() => running.delete(one));
    running.add(one);
    if (running.size >= 8) await Promise.race(running);
    await sleep(everyMs);
  }
  await Promise.all(running);
}

/** Revisions that one server answers with, one after the other. */
async function poll(api: Api): Promise<void> {
  let before = 0;
  while (!isOver) {
    const { revision } = (await api.get('/api/feature-flags/environment?env=production')).body as { revision: number };
    if (revision < before) polled.push({ revision, before });
    before = revision;
    await sleep(250);
  }
}

async function measure(): Promise<void> {
  const startedAt = performance.now();
  while (!isOver) {
    for (const [index, server] of servers.entries()) samples[index]?.push(await sample(server, startedAt));
    await sleep(Math.max(0, (MINUTES * 60_000) / SAMPLES - 2 * 300));
  }
}

const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
const told = (of: readonly Sample[], what: keyof Sample) => `${of[0]?.[what].toFixed(0) ?? '?'} → ${of.at(-1)?.[what].toFixed(0) ?? '?'}`; // prettier-ignore
