import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { launch } from '../support/launch.js';
import { startServer } from '../support/server.js';
import { makeFlag } from '../evaluation/steps.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** A file system of its own, of a size that can be changed; null where this user may not mount one. */
function smallDisk(megabytes: number): { path: string; resize: (to: number) => void } | null {
  const path = mkdtempSync(join(tmpdir(), 'flagtree-test-disk-'));
  if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path)) {
    rmSync(path, { recursive: true });
    return null;
  }
  disks.push(path);
  chmodSync(path, 0o755);
  return { path, resize: (to) => void mount('-o', `remount,size=${to}m`, path) };
}

const disks: string[] = [];
afterEach(() => {
  for (const path of disks.splice(0)) {
    spawnSync('umount', ['-l', path]);
    rmSync(path, { recursive: true, force: true });
  }
});

describe('a full disk', () => {
  it('at the first start leaves nothing behind that a later start, with space, cannot use', async () => {
    // sizes between "not even the files" and "nearly all of them": each fails at another point
    for (const megabytes of [20, 38, 40, 42]) {
      const disk = smallDisk(megabytes);
      if (!disk) return;
      const env = { PORT: '0', FLAGTREE_DATA_DIR: join(disk.path, 'data') };
      const starved = launch({ env });
      const outcome = await Promise.race([starved.ready.then(() => 'ready', () => 'refused'), sleep(60_000, 'waits')]); // prettier-ignore
      expect({ megabytes, outcome }).not.toEqual({ megabytes, outcome: 'waits' });
      await starved.end('SIGTERM');
      disk.resize(400);
      const saved = launch({ env });
      await saved.ready;
      expect(await saved.end('SIGTERM')).toEqual({ code: 0, signal: null });
    }
  }, 240_000);

  it('keeps the anchors of the audit log whole, and readiness says that they cannot be written', async () => {
    const disk = smallDisk(2);
    if (!disk) return;
    const dataDirectory = join(disk.path, 'data');
    const server = await startServer({ dataDirectory, env: { FLAGTREE_AUDIT_ANCHOR_INTERVAL: '1s' } });
    try {
      const api = await Api.of(server.url, server.adminToken);
      const ballast = join(disk.path, 'ballast');
      fill(ballast);
      const ready = async () => (await api.get('/health/ready')).body.checks.auditAnchors;
      // the last page of the file has room for some more anchors
      for (let n = 0; (await ready()).status === 'up'; n++) {
        await api.post('/api/admin/feature-flags', { key: `written-while-full-${n}` });
        await sleep(1_000);
      }
      expect((await ready()).detail).toMatch(/anchored: .*ENOSPC/);
      rmSync(ballast);
      while ((await ready()).status !== 'up') await sleep(200);
      const { body } = await api.get('/api/flags/audit/verify');
      expect(body).toMatchObject({ valid: true, broken: [] });
      const lines = readFileSync(join(dataDirectory, 'audit-anchors.jsonl'), 'utf8').split('\n');
      expect(lines.slice(0, -1).map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(
        lines.slice(0, -1).map(() => 'entry'),
      );
    } finally {
      await server.stop();
    }
  });
});

describe('a data directory on a full disk', () => {
  it('keeps no server from a start: it evaluates, and says what cannot be written', async () => {
    const disk = smallDisk(4);
    if (!disk) return;
    const dataDirectory = join(disk.path, 'data');
    const database = await createDatabase();
    const first = await startServer({ dataDirectory, database: database.url });
    await makeFlag(await Api.of(first.url, first.adminToken), 'lamp', { enabled: true });
    await first.stop();
    const ballast = join(disk.path, 'ballast');
    fill(ballast);
    const second = await startServer({ dataDirectory, database: database.url, env: { FLAGTREE_ADMIN_TOKEN: first.adminToken } });
    try {
      const api = await Api.of(second.url, first.adminToken);
      expect((await api.get('/api/feature-flags/snapshot?env=production')).body.flags.lamp.enabled).toBe(true);
      fill(ballast); // what was kept for the lock leaves a little
      expect((await api.post('/api/admin/feature-flags', { key: 'written-with-a-full-disk' })).status).toBe(201);
      const checks = async () => (await api.get('/health/ready')).body.checks;
      await until(async () => (await checks()).snapshots.status === 'degraded', 'the check', 20_000);
      rmSync(ballast);
      await until(async () => (await checks()).snapshots.status === 'up', 'snapshots', 30_000);
    } finally {
      await second.stop();
      await database.drop();
    }
  }, 120_000);
});

/** To the last byte. */
function fill(path: string): void {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      continue;
    }
  }
}

it('a private database without its role and its database, as a full disk has left them with an earlier version, is completed', async () => {
  const first = await startServer({ database: 'own' });
  const { dataDirectory } = first;
  const password = /:postgres:(\w+)$/m.exec(readFileSync(join(dataDirectory, 'pgpass'), 'utf8'))?.[1] ?? '';
  const administrator = new URL(first.databaseUrl);
  administrator.username = 'postgres';
  administrator.password = password;
  administrator.pathname = '/postgres';
  await first.kill();
  await sql(administrator.href, 'DROP DATABASE flagtree WITH (FORCE)');
  await sql(administrator.href, 'DROP ROLE flagtree');
  rmSync(join(dataDirectory, 'snapshots'), { recursive: true, force: true });
  const second = await startServer({ database: 'own', dataDirectory });
  expect((await (await fetch(`${second.url}/health/ready`)).json()) as object).toMatchObject({ status: 'ok' });
  await second.stop();
  await first.stop();
});
