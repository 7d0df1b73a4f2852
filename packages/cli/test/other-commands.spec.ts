import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { makeFlag } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { CommandLine, type How } from './support/command-line.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let server: TestServer;
let admin: Api;
let flagtree: CommandLine;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  flagtree = new CommandLine({ FLAGTREE_URL: server.url, FLAGTREE_CLI_TOKEN: server.adminToken });
  await makeFlag(admin, 'lamp', { enabled: false });
  await admin.patch('/api/admin/feature-flags/lamp', { environment: 'staging', enabled: true, reason: 'try it' });
});
afterAll(async () => {
  flagtree.close();
  await server.stop();
});

const run = (line: string, how?: How) => flagtree.run(line.split(' '), how);
const inHome = (name: string) => join(flagtree.home, name);

describe('what --json prints', () => {
  const schemas = () =>
    JSON.parse(execFileSync(process.execPath, [join(ROOT, 'packages/cli/dist/main.js'), 'schema', '--all']).toString());
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));

  it.each([
    ['env list', ''],
    ['env tree', ''],
    ['env chain', 'development'],
    ['env diff', 'staging production'],
    ['flag list', ''],
    ['flag get', 'lamp --env=development'],
    ['flag history', 'lamp'],
    ['flag explain', 'lamp --env=development'],
    ['explain', 'lamp --env=development'],
    ['eval', 'lamp --env=development'],
    ['compare', 'staging production'],
    ['promote', 'lamp staging..production --dry-run'],
    ['promotions', ''],
    ['audit', ''],
    ['audit verify', ''],
    ['token list', ''],
    ['snapshot', '--env=staging'],
    ['export', ''],
    ['doctor', ''],
  ])('%s %s is what its published schema says', async (command, rest) => {
    const ended = await run(`${command}${rest === '' ? '' : ` ${rest}`} --json`);
    const printed: unknown = JSON.parse(ended.stdout);
    const holds = ajv.compile(schemas()[command]);
    expect([command, holds(printed), holds.errors]).toEqual([command, true, null]);
    expect([0, 3]).toContain(ended.code);
  });

  it('has its schemas and its page in the documentation, as they are', () => {
    execFileSync(process.execPath, [join(ROOT, 'packages/cli/scripts/write-reference.mjs'), '--check']);
  });
});

describe('a profile', () => {
  const bare = { FLAGTREE_URL: '', FLAGTREE_CLI_TOKEN: '' };

  it('is kept once the server has answered to it, for its owner alone, and forgotten again', async () => {
    const token = inHome('token');
    writeFileSync(token, server.adminToken);
    const login = `login --url=${server.url} --token-file=${token} --profile=work`;
    expect((await run(login, { env: bare })).code).toBe(0);
    const listed = await run('env list --profile=work', { env: bare });
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('staging')]);
    const shown = await run('config list --profile=work', { env: bare });
    expect(shown.stdout).toContain(server.url);
    expect(shown.stdout + shown.stderr).not.toContain(server.adminToken);
    const kept = execFileSync('find', [flagtree.home, '-type', 'f', '-name', '*.yaml'])
      .toString()
      .trim()
      .split('\n')
      .filter(Boolean);
    for (const path of kept) expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
    expect((await run('logout work', { env: bare })).code).toBe(0);
    expect((await run('env list --profile=work', { env: bare })).code).toBe(2);
  });

  it('is not kept of a token that the server refuses', async () => {
    const token = inHome('bad');
    writeFileSync(token, 'ft_admin_00000000_none');
    const ended = await run(`login --url=${server.url} --token-file=${token} --profile=bad`, { env: bare });
    expect(ended.code).toBe(4);
    expect((await run('env list --profile=bad', { env: bare })).code).toBe(2);
  });
});

describe('files', () => {
  it('go out and come in again without a difference', async () => {
    expect((await run('export --out=states.json')).code).toBe(0);
    expect(JSON.parse(readFileSync(inHome('states.json'), 'utf8')).format).toBe('flagtree-states');
    const dry = await run('import states.json --dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('0 values would change')]);
    expect((await run('import states.json')).stdout).toContain('0 rows written');
    writeFileSync(inHome('half.json'), '{"format": "flagtree-st');
    const half = await run('import half.json');
    expect([half.code === 2 || half.code === 4, half.stderr]).toEqual([true, expect.stringMatching(/line 1/)]);
    expect((await run('import none.json')).code).not.toBe(0);
  });

  it('are what a client starts with', async () => {
    const ended = await run('snapshot --env=staging --out=flags.json');
    expect(ended.code).toBe(0);
    expect(JSON.parse(readFileSync(inHome('flags.json'), 'utf8'))).toMatchObject({ format: 1, environment: 'staging' });
  });

  it('of types say when they are not current', async () => {
    expect((await run('types --out=flags.ts')).code).toBe(0);
    expect(readFileSync(inHome('flags.ts'), 'utf8')).toContain('"lamp": flag.boolean(');
    expect((await run('types --out=flags.ts --check')).code).toBe(0);
    await makeFlag(admin, 'lamp.new');
    expect((await run('types --out=flags.ts --check')).code).toBe(3);
  });
});

describe('many at once', () => {
  it('are changed as one revision, and a dry run changes nothing', async () => {
    const dry = await run('bulk enable --flags=lamp* --environments=development --dry-run');
    expect(dry.code).toBe(0);
    const before = (await admin.get('/api/admin/feature-flags/lamp.new?env=development')).body;
    expect(before.override).toBeNull();
    expect((await run('bulk enable --flags=lamp* --environments=development')).code).toBe(0);
    const after = (await admin.get('/api/admin/feature-flags/lamp.new?env=development')).body;
    expect(after.override.enabled).toBe(true);
    expect((await run('bulk clear --flags=lamp* --environments=development')).code).toBe(0);
  });
});

it('a stream prints what happens as it happens, and ends with Ctrl-C', async () => {
  let isWritten = false;
  const ended = await run('stream --env=staging --json', {
    onOutput: (text, end) => {
      if (!isWritten) {
        isWritten = true;
        void admin.patch('/api/admin/feature-flags/lamp', { environment: 'staging', percentage: 50 });
      }
      if (text.includes('"change"')) end('SIGINT');
    },
  });
  expect(ended.code).toBe(130);
  const events = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['change']));
});

it('the log is proven, and read back', async () => {
  expect((await run('audit --flag=lamp --limit=5')).stdout).toContain('try it');
  const verified = await run('audit verify');
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/The log holds/)]);
});

it('a backup needs the server that is installed here, and says so', async () => {
  const ended = await run('backup here.gz', { env: { DATABASE_URL: '' } });
  expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('no private database')]);
  expect(existsSync(inHome('here.gz'))).toBe(false);
});

it.each(['bash', 'zsh', 'fish'])('completion for %s names every command', async (shell) => {
  const { code, stdout } = await run(`completion ${shell}`);
  expect(code).toBe(0);
  for (const word of ['promote', 'validate', 'doctor', 'restore-backup']) expect(stdout).toContain(word);
});

it.each(['exit-codes', 'environment', 'scripts'])('help tells of %s', async (topic) => {
  const { code, stdout } = await run(`help ${topic}`);
  expect([code, stdout.length > 100]).toEqual([0, true]);
});
