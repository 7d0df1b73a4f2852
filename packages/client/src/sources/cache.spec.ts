import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { FakeServer, serves, unreachable } from '../specs/fake-server.js';

const ONE = aDocument({ lamp: aRow() });
const TWO = aDocument({ lamp: aRow({ enabled: false }) }, { revision: 2 });

let directory: string;
let cache: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flagtree-cache-'));
  cache = join(directory, 'flags');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A client that has had time for its disk. */
async function started(...answers: Parameters<FakeServer['answers']>) {
  const scene = aClient({ options: { cache }, server: new FakeServer().answers(...answers) });
  for (let turn = 0; turn < 2_000 && scene.server.asked.length === 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await scene.clock.advance(0);
  }
  await scene.clock.advance(0);
  return scene;
}

const files = () => readdirSync(cache).sort();
const newest = () => join(cache, files().find((name) => name.endsWith('.json')) as string);

describe('the cache', () => {
  it('lets a service start without the server, and asks for what changed since', async () => {
    await (await started(serves(ONE))).client.close();
    const { client, server } = await started(unreachable);
    expect(client.status()).toMatchObject({ state: 'stale', source: 'cache', revision: 1 });
    expect(client.boolean('lamp')).toBe(true);
    expect(server.asked[0]?.headers).toEqual({ 'if-none-match': '"etag-1"' });
    const later = await started(serves(ONE));
    expect(later.client.status()).toMatchObject({ state: 'ready', source: 'server' });
  });

  it('is for this user alone, names neither server nor token, and is replaced as a whole', async () => {
    await (await started(serves(ONE))).client.close();
    await (await started(serves(TWO))).client.close();
    expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/), expect.stringMatching(/^[0-9a-f]{64}\.json\.1$/)]);
    expect([statSync(cache).mode & 0o777, statSync(newest()).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(newest(), 'utf8')).not.toMatch(/secret|flags\.test/);
  });

  it('is written at most every ten seconds, with what is newest then', async () => {
    const { client, clock, server } = await started(serves(ONE));
    server.answers(serves(TWO));
    await client.fresh({ maxAge: 0 });
    await clock.advance(0);
    await client.close();
    expect(JSON.parse(readFileSync(newest(), 'utf8').split('\n')[1] as string)).toMatchObject({ revision: 2 });
  });
});

describe('a disk that is full, read-only, of somebody else, or a file that is broken', () => {
  it.each<[string, () => void]>([
    ['cut off', () => { writeFileSync(newest(), readFileSync(newest(), 'utf8').slice(0, -20)); }], // prettier-ignore
    ['changed', () => { writeFileSync(newest(), readFileSync(newest(), 'utf8').replace('"revision":2', '"revision":9')); }], // prettier-ignore
    ['empty', () => { writeFileSync(newest(), ''); }], // prettier-ignore
    ['a link', () => { const path = newest(); rmSync(path); symlinkSync('/etc/hostname', path); }], // prettier-ignore
  ])('%s: it is passed over with one problem, and the one before is read', async (_what, harm) => {
    await (await started(serves(ONE))).client.close();
    await (await started(serves(TWO))).client.close();
    harm();
    const { client, heard } = await started(unreachable);
    expect(client.status()).toMatchObject({ source: 'cache', revision: 1 });
    expect(heard.problem.filter(({ code }) => code === 'cache')).toHaveLength(1);
  });

  it('a directory that cannot be written is one problem, and nothing else', async () => {
    writeFileSync(cache, 'no directory');
    chmodSync(cache, 0o400);
    const { client, clock, heard, server } = await started(serves(ONE));
    server.answers(serves(TWO));
    await clock.advance(120_000);
    await client.close();
    expect(client.boolean('lamp', true)).toBe(false);
    expect(heard.problem.map(({ code }) => code)).toEqual(['cache']);
  });
});
