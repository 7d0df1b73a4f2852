import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createDataDirectory, privatePostgresPid, removeDataDirectory } from '../support/data-directory.js';
import { launch } from '../support/launch.js';
import { type Server, startServer } from '../support/server.js';
import { createFlag, isRunning, until } from './steps.js';

const KILLS = 10;

describe('SIGKILL during writes', () => {
  const dataDirectory = createDataDirectory();
  const acknowledged: string[] = [];
  let server: Server;

  afterAll(async () => {
    await server.stop();
    removeDataDirectory(dataDirectory);
  });

  it(`loses no acknowledged write in ${KILLS} kills at random moments`, async () => {
    for (let kill = 1; kill <= KILLS; kill++) {
      server = await startServer({ database: 'own', dataDirectory });
      const writers = [1, 2, 3].map((writer) => writeUntilKilled(`kill-${kill}.writer-${writer}`));
      await sleep(50 + Math.random() * 400);
      await server.kill();
      await Promise.all(writers);
      // Every other time PostgreSQL is killed too, and has to recover.
      if (kill % 2 === 0) await killPostgres();
    }
    server = await startServer({ database: 'own', dataDirectory });
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    const stored = new Set(await storedFlags());
    expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
  }, 180_000);

  it('leaves no flag without its audit entry, and an unbroken log', async () => {
    const verified = await get('/api/flags/audit/verify');
    expect(verified).toMatchObject({ valid: true, broken: [] });
    const created = await pages('/api/flags/audit?action=created');
    const audited = created.flatMap(({ flag }) => (typeof flag === 'string' ? [flag] : []));
    expect(audited.sort()).toEqual((await storedFlags()).sort());
  });

  async function writeUntilKilled(prefix: string): Promise<void> {
    for (let number = 1; ; number++) {
      const key = `${prefix}.${number}`;
      const status = await createFlag(server, key).then((answer) => answer.status, () => null); // prettier-ignore
      if (status === null) return;
      expect(status).toBe(201);
      acknowledged.push(key);
    }
  }

  async function killPostgres(): Promise<void> {
    const pid = privatePostgresPid(dataDirectory);
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid));
  }

  async function storedFlags(): Promise<string[]> {
    return (await pages('/api/admin/feature-flags')).map(({ key }) => String(key));
  }

  async function pages(path: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const joint = path.includes('?') ? '&' : '?';
      const page = (await get(`${path}${joint}limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`)) as Page;
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

it('adopts the PostgreSQL that a killed server has left, with its address', async () => {
  const first = await startServer({ database: 'own' });
  const postgres = privatePostgresPid(first.dataDirectory);
  await first.kill();
  const second = await startServer({ database: 'own', dataDirectory: first.dataDirectory });
  expect(second.logs()).toContain(`"pid":${String(postgres)},`);
  expect(second.logs()).toContain('"adopted":true');
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(second.adminToken).toBe(first.adminToken);
  await second.stop();
  expect(isRunning(postgres)).toBe(false);
  await first.stop();
});
