import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createApi, detailsOf, FlagtreeProblem, type FlagtreeApi, type Transport } from '../src/index.js';
import { blocksOf, readPage, ROOT } from '../../../test/docs/markdown.js';
import { startServer, type TestServer } from '../../../test/support/server.js';

let server: TestServer;
let api: FlagtreeApi;
beforeAll(async () => {
  server = await startServer();
  api = createApi({ url: server.url, token: server.adminToken });
});
afterAll(async () => {
  await server.stop();
});

const fetching: Transport = ({ url, signal, ...request }) => fetch(url, { ...request, signal });

const refusalOf = (promise: Promise<unknown>): Promise<FlagtreeProblem> =>
  promise.then(
    () => Promise.reject(new Error('It was not refused')),
    (error: unknown) => error as FlagtreeProblem,
  );

describe('@flagtree/api', () => {
  it('is generated from the document that servers give', async () => {
    const { status, stderr } = spawnSync(process.execPath, ['packages/api/scripts/generate.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const script = `import { readDocument } from './packages/api/scripts/document.mjs';
      process.stdout.write(JSON.stringify(await readDocument()), () => process.exit());`;
    const read = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, maxBuffer: 2 ** 26 });
    const generatedFrom = JSON.parse(read.stdout.toString()) as { info: object };
    const given = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { info: object };
    const without = (document: { info: object }) => ({ ...document, info: { ...document.info, version: '' }, servers: [] });
    expect(without(generatedFrom)).toEqual(without(given));
  });

  it('does what its README says', async () => {
    const [program] = blocksOf(readPage('packages/api/README.md')).filter(({ language }) => language === 'js');
    const { outputFiles } = await build({
      stdin: { contents: program?.text ?? '', resolveDir: ROOT },
      alias: { '@flagtree/api': `${ROOT}/packages/api/src/index.ts` },
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      write: false,
    });
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', outputFiles[0]?.text ?? ''], {
      env: { PATH: process.env['PATH'], FLAGTREE_URL: server.url, FLAGTREE_TOKEN: server.adminToken },
      encoding: 'utf8',
    });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: program?.prints, stderr: '' });
  });

  it('finds a server on this machine by what it left in its data directory', async () => {
    const local = createApi({ env: { FLAGTREE_DATA_DIR: server.dataDirectory } });
    expect(await local.environments.list().toArray()).toHaveLength(3);
  });

  it('goes through more flags than one page has, in order', async () => {
    const keys = Array.from({ length: 7 }, (_, index) => `paged.${index}`);
    for (const key of keys) await api.flags.create({ key, type: 'boolean', tags: ['paged'] });
    const listed = await api.flags.list({ tag: 'paged', limit: 2 }).toArray();
    expect(listed.map(({ key }) => key)).toEqual(keys);
  });

  it('reads nothing again that is known, edits nothing that has changed, and says what stands instead', async () => {
    const flag = await api.flags.create({ key: 'guarded', type: 'boolean' });
    expect(await api.flags.get('guarded', { ifNoneMatch: flag.etag ?? '' })).toBeUndefined();
    await api.flags.update('guarded', { description: 'mine' }, { ifMatch: flag.etag });
    const refusal = await refusalOf(api.flags.update('guarded', { description: 'yours' }, { ifMatch: flag.etag }));
    expect(refusal).toMatchObject({ status: 412, code: 'stale-version', current: { description: 'mine' } });
    expect(refusal.requestId).toMatch(/^[\w-]{8,}$/);
  });

  it('makes one flag of a POST whose answer was lost, and gets the answer', async () => {
    let isLost = false;
    const losing: Transport = async (request) => {
      const response = await fetching(request);
      if (isLost || request.method !== 'POST') return response;
      isLost = true;
      throw new Error('cut');
    };
    const cut = createApi({ url: server.url, token: server.adminToken, transport: losing });
    const flag = await cut.flags.create({ key: 'lost-answer', type: 'boolean' });
    expect(flag.key).toBe('lost-answer');
    expect(detailsOf(flag)).toMatchObject({ status: 201, isReplayed: true, location: expect.stringMatching(/lost-answer$/) });
  });

  it('repeats a restore by its key, too', async () => {
    await api.flags.archive('lost-answer');
    const restored = await api.flags.restore('lost-answer', { idempotencyKey: 'once' });
    const again = await api.flags.restore('lost-answer', { idempotencyKey: 'once' });
    expect([restored, again].map((answer) => detailsOf(answer)?.isReplayed)).toEqual([false, true]);
  });

  it('takes states as YAML, gives them as JSON, explains, evaluates, compares', async () => {
    const states = await api.export.get({ flags: 'guarded' });
    await api.import.run({ ...states }, { dryRun: true });
    await api.import.run(JSON.stringify(states), { dryRun: true }); // JSON is YAML
    expect(await api.flags.explain('guarded', { environment: 'staging', context: { targetingKey: 'ada' } })).toMatchObject({
      environment: 'staging',
      evaluation: { reason: 'DISABLED' },
    });
    const { flags } = await api.evaluation.evaluate({ context: { targetingKey: 'ada' }, flags: ['guarded'] }, { env: 'staging' });
    expect(Object.keys(flags)).toEqual(['guarded']);
    const { differences } = await api.compare.get({ from: 'staging', to: 'production', key: 'guarded' });
    expect(differences).toEqual([]);
  });

  it('follows the stream of an environment, and leaves it', async () => {
    for await (const { event, data } of api.evaluation.stream({ env: 'staging' })) {
      if (event === 'snapshot') void api.flags.update('guarded', { enabled: true, environment: 'staging' });
      if (event !== 'change') continue;
      expect(JSON.parse(data)).toMatchObject({ environment: 'staging' });
      break;
    }
  });

  it('says of a token that may not do this where it is from', async () => {
    const { token } = await api.tokens.create({ name: 'viewer', kind: 'admin', role: 'viewer' });
    const viewer = createApi({ url: server.url, env: { FLAGTREE_TOKEN: token } });
    const refusal = await refusalOf(viewer.flags.create({ key: 'no', type: 'boolean' }));
    expect(refusal).toBeInstanceOf(FlagtreeProblem);
    expect(refusal).toMatchObject({ status: 403, code: 'role-too-low' });
    expect(refusal.message).toMatch(/\(The token is that of FLAGTREE_TOKEN\.\)$/);
  });
});
