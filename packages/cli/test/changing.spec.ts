import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { CommandLine } from './support/command-line.js';

let server: TestServer;
let admin: Api;
let flagtree: CommandLine;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  flagtree = new CommandLine({ FLAGTREE_URL: server.url, FLAGTREE_CLI_TOKEN: server.adminToken });
});
afterAll(async () => {
  flagtree.close();
  await server.stop();
});

const enabledIn = async (key: string, environment: string): Promise<boolean> =>
  (await admin.get(`/api/admin/feature-flags/${key}?env=${environment}`)).body.resolved.enabled.value;

describe('what is protected', () => {
  beforeAll(() => makeFlag(admin, 'guard.lamp', { enabled: false }));
  const ENABLE = ['flag', 'enable', 'guard.lamp', '--env=prod', '--reason=GA'];

  it('is asked about, with the effect before it', async () => {
    const no = await flagtree.run([...ENABLE, '--no-color'], { terminal: true, input: 'n\n' });
    expect(no.code).toBe(1);
    expect(no.stderr).toContain('~ guard.lamp in production: enabled false → true');
    expect(no.stderr).toMatch(/This reaches what is protected: production\.\nProceed\? \[y\/N\] /);
    expect(no.stderr).toContain('Aborted. Nothing was changed.');
    expect(await enabledIn('guard.lamp', 'production')).toBe(false);
  });

  it('is not touched where nobody can be asked, nor where the confirmation names something else', async () => {
    const alone = await flagtree.run(ENABLE);
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('give --confirm=production, or --yes') });
    const ci = await flagtree.run(ENABLE, { terminal: true, input: 'y\n', env: { CI: 'true' } });
    expect(ci.code).toBe(2);
    const silent = await flagtree.run([...ENABLE, '--no-input'], { terminal: true, input: 'y\n' });
    expect(silent.code).toBe(2);
    const other = await flagtree.run([...ENABLE, '--confirm=staging']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('does not name production') });
    expect(await enabledIn('guard.lamp', 'production')).toBe(false);
  });

  it.each([
    ['--confirm=prod', {}],
    ['--yes', {}],
    ['', { terminal: true, input: 'y\n' }],
  ])('is written with %j, or a yes', async (option, how) => {
    await admin.patch('/api/admin/feature-flags/guard.lamp', { environment: 'production', enabled: false });
    expect(await flagtree.run([...ENABLE, ...(option === '' ? [] : [option])], how)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^guard\.lamp is on in production \(revision \d+\)\.\n$/),
    });
    expect(await enabledIn('guard.lamp', 'production')).toBe(true);
  });

  it('is left alone by a dry run, which tells the effect', async () => {
    const dry = await flagtree.run(['flag', 'disable', 'guard.lamp', '-e', 'prod', '-n']);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was changed.') });
    expect(await enabledIn('guard.lamp', 'production')).toBe(true);
  });
});

describe('flags', () => {
  it('go through their life', async () => {
    await flagtree.json(['flag', 'create', 'life.layout', 'owner=team-web', 'tags=["web"]', '--reason=new']);
    expect(await flagtree.json(['flag', 'set', 'life.layout', 'percentage=20', 'enabled=true', '--env=staging'])).toMatchObject({
      environment: 'staging',
      enabled: true,
      percentage: 20,
    });
    const some = await flagtree.run(['flag', 'inherit', 'life.layout', '--env=staging', '--fields=percentage']);
    expect(some.stdout).toContain('life.layout inherits percentage in staging, which overrides other fields still');
    const all = await flagtree.run(['flag', 'inherit', 'life.layout', '--env=staging']);
    expect(all.stdout).toMatch(/^life\.layout inherits everything in staging \(revision \d+\)\.\n$/);
    const { items } = await flagtree.json(['flag', 'history', 'life.layout', '--limit=2']);
    expect(items).toHaveLength(2);
    const alone = await flagtree.run(['flag', 'archive', 'life.layout', '--yes']);
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('give --confirm=life.layout') });
    const wrong = await flagtree.run(['flag', 'archive', 'life.layout'], { terminal: true, input: 'life.layuot\n' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was changed.') });
    expect(await flagtree.json(['flag', 'archive', 'life.layout', '--confirm=life.layout'])).toEqual({ archived: 'life.layout' });
    expect(await flagtree.json(['flag', 'restore', 'life.layout', '--confirm=prod'])).toMatchObject({
      key: 'life.layout',
      archivedAt: null,
    });
  });

  it('are taken back to a moment', async () => {
    const { revision } = await flagtree.json(['flag', 'create', 'life.back']);
    await flagtree.json(['flag', 'enable', 'life.back', '--env=dev']);
    const restored = await flagtree.json(['flag', 'restore', 'life.back', `--at=${revision}`]);
    expect(restored).toMatchObject({ restoredTo: revision, changes: [{ flag: 'life.back', environment: 'development' }] });
    expect(await enabledIn('life.back', 'development')).toBe(false);
  });

  it('are turned on many at once', async () => {
    for (const key of ['many.a', 'many.b']) await makeFlag(admin, key, { enabled: false });
    const dry = await flagtree.run(['flag', 'enable', 'many.*', '--env=staging,dev', '--dry-run']);
    expect(dry.stdout).toContain('4 overrides would be written');
    expect(await flagtree.json(['flag', 'enable', 'many.*', '--env=staging', '--env=dev'])).toMatchObject({ changed: 4 });
    const guarded = await flagtree.run(['flag', 'enable', 'many.*', '--env=prod']);
    expect(guarded).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm=production') });
  });

  it('say which field or value is wrong', async () => {
    await makeFlag(admin, 'wrong.one', { enabled: false });
    const set = (...fields: string[]) => flagtree.run(['flag', 'set', 'wrong.one', ...fields, '--env=dev']);
    expect(await set('percentag=3')).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no field "percentag"') });
    expect(await set('percentage')).toMatchObject({ code: 2, stderr: expect.stringContaining('is no field=value') });
    expect(await set('rules=@nowhere.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere.json cannot be read (ENOENT)'),
    });
    expect(await set('percentage=101')).toMatchObject({ code: 4, stderr: expect.stringContaining('/percentage') });
  });
});

describe('environments', () => {
  it('go through their life', async () => {
    expect(await flagtree.json(['env', 'create', 'pr-1', '--parent=staging', '--alias=one', '--title=PR 1'])).toMatchObject({
      slug: 'pr-1',
      parent: 'staging',
      aliases: ['one'],
      name: 'PR 1',
    });
    expect(await flagtree.json(['env', 'update', 'one', 'settings={"protected":true}'])).toMatchObject({
      settings: { protected: true },
    });
    const guarded = await flagtree.run(['env', 'update', 'one', 'settings={"protected":false}']);
    expect(guarded).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm=pr-1') });
    expect(await flagtree.run(['env', 'delete', 'one', '--yes'])).toMatchObject({ code: 2 });
    expect(await flagtree.json(['env', 'delete', 'one', '--confirm=pr-1'])).toEqual({ deleted: 'pr-1' });
    expect(await flagtree.json(['env', 'restore', 'pr-1', '--confirm=pr-1'])).toMatchObject({ slug: 'pr-1' });
    await flagtree.json(['env', 'delete', 'pr-1', '--confirm=pr-1']);
  });
});

describe('flagtree promote', () => {
  beforeAll(async () => {
    await makeFlag(admin, 'way.lamp', { enabled: false });
    await admin.patch('/api/admin/feature-flags/way.lamp', { environment: 'development', enabled: true });
  });

  it('takes both ways to say from where to where, and ends with 3 only where it would be blocked', async () => {
    const short = await flagtree.json(['promote', 'way.lamp', 'dev..staging', '-n']);
    const long = await flagtree.json(['promote', 'way.lamp', '--from=dev', '--to=staging', '-n']);
    expect(short.plan).toEqual(long.plan);
    const done = await flagtree.run(['promote', 'way.lamp', 'dev..staging']);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/^way\.lamp: development → staging: applied, \d fields? written, /);
    expect(await flagtree.run(['promote', 'way.lamp', 'dev..staging'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^way\.lamp: development → staging: nothing to do\.\n$/m),
    });
  });

  it('asks before it reaches production, and takes it back', async () => {
    const aborted = await flagtree.run(['promote', 'way.lamp', 'staging..prod'], { terminal: true, input: '\n' });
    expect(aborted).toMatchObject({ code: 1, stderr: expect.stringContaining('Promotion aborted.') });
    const { id } = await flagtree.json(['promote', 'way.lamp', 'staging..prod', '--percentage=5', '--confirm=prod']);
    expect((await admin.get('/api/admin/feature-flags/way.lamp?env=prod')).body).toMatchObject({ enabled: true, percentage: 5 });
    const { items } = await flagtree.json(['promotions', '--flag=way.lamp', '--env=prod']);
    expect(items[0]).toMatchObject({ id });
    expect((await flagtree.run(['promotions', 'get', id])).stdout).toContain('way.lamp in production: set enabled = true');
    expect(await flagtree.json(['promotions', 'revert', id, '--confirm=prod'])).toMatchObject({
      kind: 'revert',
      result: 'applied',
    });
    expect(await enabledIn('way.lamp', 'production')).toBe(false);
  });

  it('ends with 3 where a dry run says that it would be blocked, and with 4 where it is', async () => {
    await makeFlag(admin, 'way.blocked', { enabled: false });
    await admin.patch('/api/admin/feature-flags/way.blocked', { environment: 'development', enabled: true });
    await admin.put('/api/admin/feature-flags/way.blocked/checks/stays-off', { context: {}, variant: 'off' });
    const dry = await flagtree.run(['promote', 'way.blocked', 'dev..staging', '--dry-run']);
    expect(dry).toMatchObject({ code: 3, stdout: expect.stringContaining('would be blocked') });
    const real = await flagtree.run(['promote', 'way.blocked', 'dev..staging']);
    expect(real).toMatchObject({ code: 4, stdout: expect.stringContaining('is blocked, nothing was changed') });
  });

  it('says what is missing', async () => {
    expect(await flagtree.run(['promote', 'way.lamp', '--from=dev'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from=dev --to=<environment>'),
    });
    expect(await flagtree.run(['promote', 'dev..staging'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Which flag?'),
    });
  });

  it('knows the differences of two environments', async () => {
    await admin.patch('/api/admin/feature-flags/way.lamp', { environment: 'staging', enabled: true });
    expect(await flagtree.run(['compare', 'staging', 'prod', '--key=way.lamp'])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('~ way.lamp: enabled true (staging) → false'),
    });
    expect(await flagtree.run(['env', 'diff', 'staging', 'prod', '--key=way.lamp', '--exit-zero'])).toMatchObject({ code: 0 });
    expect(await flagtree.run(['compare', 'staging', 'staging'])).toMatchObject({ code: 0 });
  });
});

describe('tokens', () => {
  it('are alone on stdout, or in a file of their own, and end at once', async () => {
    const made = await flagtree.run(['token', 'create', 'shop', '--environments=dev']);
    expect(made.stderr).toContain('shown this once');
    expect(made.stdout).toMatch(/^ft_client_\S+\n$/);
    const secret = made.stdout.trim();
    const evaluated = await flagtree.json(['eval', 'guard.lamp', '-e', 'dev'], 0, { env: { FLAGTREE_CLI_TOKEN: secret } });
    expect(evaluated.flags['guard.lamp']).toMatchObject({ variant: 'on' });
    const [, , id = ''] = secret.split('_');
    const out = join(flagtree.home, 'secrets', 'token');
    expect(await flagtree.run(['token', 'rotate', id, `--confirm=${id}`, `--out=${out}`])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(out, 'utf8')).toMatch(/^ft_client_\S+\n$/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const [, , next = ''] = readFileSync(out, 'utf8').split('_');
    expect(await flagtree.json(['token', 'revoke', next, `--confirm=${next}`])).toEqual({ revoked: next });
    const revoked = await flagtree.run(['eval', '-e', 'dev', `--token-file=${out}`]);
    expect(revoked).toMatchObject({ code: 4, stderr: expect.stringContaining(`The token is that of --token-file (${out}).`) });
    expect((await flagtree.json(['token', 'get', next])).revokedAt).not.toBeNull();
  });
});
