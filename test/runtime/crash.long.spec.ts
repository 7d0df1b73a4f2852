import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { createDataDirectory, privatePostgresPid, removeDataDirectory } from '../support/data-directory.js';
import { launch } from '../support/launch.js';
import { type Server, startServer } from '../support/server.js';
import { until } from '../support/until.js';
import { createFlag, editFlag, isRunning } from './steps.js';

// A lost write must not be lost in a second try.
jest.retryTimes(0);

const { FLAGTREE_TEST_KILLS = '10' } = process.env;
const KILLS = Number(FLAGTREE_TEST_KILLS);
const PATIENCE_MS = 60_000 + KILLS * 12_000;

describe('SIGKILL during writes', () => {
  const dataDirectory = createDataDirectory();
  /** The last edit of each flag that was answered with success; 0 is its creation. */
  const acknowledged = new Map<string, number>();
  const startsMs: number[] = [];
  let server: Server;

  afterAll(async () => {
    await server.stop();
    removeDataDirectory(dataDirectory);
  });

  it(
    `loses no acknowledged write in ${KILLS} kills at random moments`,
    async () => {
      await start();
      for (let kill = 1; kill <= KILLS; kill++) {
        const writers = [1, 2, 3].map((writer) => writeUntilKilled(`kill-${kill}.writer-${writer}`));
        await sleep(20 + Math.random() * 780);
        await server.kill();
        await Promise.all(writers);
        // Every other time PostgreSQL is killed too, and has to recover.
        if (kill % 2 === 0) await killPostgres();
        await start();
        const lost = await misplaced(`kill-${kill}.`);
        expect({ lost, logs: lost.length > 0 ? server.logs() : '' }).toEqual({ lost: [], logs: '' });
      }
      const writes = [...acknowledged.values()].reduce((sum, edits) => sum + edits + 1, 0);
      expect(writes).toBeGreaterThan(KILLS);
      expect(await misplaced('kill-')).toEqual([]);
      process.stdout.write(`${KILLS} kills: ${writes} acknowledged writes, 0 lost; ready again after ${spreadOf(startsMs)}\n`);
    },
    PATIENCE_MS,
  );

  it('leaves no change without its audit entry, and an unbroken log', async () => {
    const verified = await get('/api/flags/audit/verify');
    expect(verified).toMatchObject({ valid: true, broken: [] });
    const audited = new Map<string, number>();
    for (const { flag } of await pages('/api/flags/audit'))
      if (typeof flag === 'string') audited.set(flag, (audited.get(flag) ?? 0) + 1);
    const stored = [...(await storedEdits())].map(([key, edits]): [string, number] => [key, edits + 1]);
    expect([...audited].sort()).toEqual(stored.sort());
  }, 120_000);

  /** Ready also to write: one whose database takes its time evaluates before that, and reads what it had on disk. */
  async function start(): Promise<void> {
    const asked = performance.now();
    server = await startServer({ database: 'own', dataDirectory });
    await until(async () => ((await get('/health/ready')) as { status: string }).status === 'ok', 'readiness', 30_000);
    startsMs.push(performance.now() - asked);
  }

  /** Makes a flag and numbers its edits. */
  async function writeUntilKilled(key: string): Promise<void> {
    for (let edit = 0; ; edit++) {
      const write = edit === 0 ? createFlag(server, key) : editFlag(server, key, { description: String(edit) });
      const status = await write.then((answer) => answer.status, () => null); // prettier-ignore
      if (status === null) return;
      expect(status).toBe(edit === 0 ? 201 : 200);
      acknowledged.set(key, edit);
    }
  }

  /** Flags that are neither as last acknowledged nor one edit ahead, the one that was on its way at the kill. */
  async function misplaced(prefix: string) {
    const stored = await storedEdits();
    return [...acknowledged]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, edits]) => ({ key, acknowledged: edits, stored: stored.get(key) ?? null }))
      .filter(({ acknowledged: told, stored: has }) => has !== told && has !== told + 1);
  }

  async function killPostgres(): Promise<void> {
    const pid = privatePostgresPid(dataDirectory);
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid));
  }

  async function storedEdits(): Promise<Map<string, number>> {
    const flags = await pages('/api/admin/feature-flags');
    return new Map(flags.map(({ key, description }) => [String(key), Number(description ?? 0)]));
  }

  async function pages(path: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await get(`${path}?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`)) as Page;
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  async function get(path: string): Promise<unknown> {
    const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.adminToken}` } });
    expect(answer.status).toBe(200);
    return answer.json();
  }
});

interface Page {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

function spreadOf(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number) => `${((sorted[Math.floor((sorted.length - 1) * q)] ?? NaN) / 1_000).toFixed(2)} s`;
  return `${at(0.5)} (median), ${at(0.99)} (p99), ${at(1)} (longest)`;
}

describe('SIGKILL during the first start', () => {
  it('at no moment keeps the next start from succeeding', async () => {
    const moments = Array.from({ length: 7 }, (_, index) => 150 + index * 200);
    for (const moment of moments) {
      const dataDirectory = createDataDirectory();
      const first = launch({ env: { PORT: '0', FLAGTREE_DATA_DIR: dataDirectory } });
      first.ready.catch(() => undefined);
      await sleep(moment);
      await first.end('SIGKILL');
      const second = await startServer({ database: 'own', dataDirectory });
      expect((await createFlag(second, 'after-the-kill')).status).toBe(201);
      await second.stop();
      removeDataDirectory(dataDirectory);
    }
  }, 180_000);
});
