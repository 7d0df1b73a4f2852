import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post('/api/admin/feature-flags', { key: 'run.book' });
  await api.patch('/api/admin/feature-flags/run.book', { environment: 'development', enabled: true });
});
afterAll(() => server.stop());

const PROMOTE = ['promote', 'run.book', '--from=dev', '--to=staging'];

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The command as npm starts it: options that npm keeps to itself are in `env`. */
function flags(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const own = { PATH: process.env['PATH'] ?? '', FLAGTREE_URL: server.url, FLAGTREE_TOKEN: server.adminToken };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/flags.mjs', ...args], { env: { ...own, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('the command for flags', () => {
  it.each(['npm_config_dry_run', 'npm_config_dryrun', 'npm_config_dryRun'])(
    'only looks where npm kept %s to itself, however it is spelt',
    async (name) => {
      expect(await flags(PROMOTE, { [name]: 'true' })).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('would be applied'),
      });
      const { body } = await api.get('/api/admin/feature-flags/run.book?env=staging');
      expect(body.resolved.enabled.value).toBe(false);
    },
  );

  it('finds address and token of a local server in its data directory', async () => {
    const local = { FLAGTREE_URL: '', FLAGTREE_TOKEN: '', FLAGTREE_DATA_DIR: server.dataDirectory, PORT: '1' };
    expect(await flags([...PROMOTE, '--dry-run'], local)).toMatchObject({ code: 0, stderr: '' });
  });

  it("takes the commands' own token before that of an application, and says which one was refused", async () => {
    const own = { FLAGTREE_TOKEN: 'ft_client_of_an_application', FLAGTREE_CLI_TOKEN: server.adminToken };
    expect(await flags([...PROMOTE, '--dry-run'], own)).toMatchObject({ code: 0 });
    const wrong = await flags(PROMOTE, { FLAGTREE_CLI_TOKEN: 'ft_admin_0123456789ab_wrong' });
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('(The token is that of FLAGTREE_CLI_TOKEN.)');
  });

  it('shows no token that cannot be sent, and says where it stands', async () => {
    const ended = await flags(PROMOTE, { FLAGTREE_TOKEN: 'ft_admin_one\nft_admin_two' });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('FLAGTREE_TOKEN holds no token') });
    expect(ended.stderr).not.toContain('ft_admin_');
  });

  it('says in a line that the token cannot be read', async () => {
    const ended = await flags(PROMOTE, { FLAGTREE_TOKEN: '', FLAGTREE_TOKEN_FILE: tmpdir() });
    expect(ended).toMatchObject({ code: 1, stderr: `The token cannot be read from ${tmpdir()} (EISDIR).\n` });
  });

  it('says in a line that what answers is something else', async () => {
    const other = createServer((_, reply) => reply.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const url = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`;
    const ended = await flags(PROMOTE, { FLAGTREE_URL: url });
    expect(ended).toMatchObject({
      code: 1,
      stderr: `What answers at ${url} is no Flagtree (200, not JSON): set FLAGTREE_URL.\n`,
    });
    other.close();
  });

  it('says that no flag fits a pattern', async () => {
    const ended = await flags(['promote', 'nothing.*', '--from=dev', '--to=staging']);
    expect(ended).toMatchObject({ code: 0, stdout: 'No flag fits: development → staging: nothing to do.\n' });
  });

  it('ends with 3 where a promotion is blocked, and where a dry run says that it would be [O1]', async () => {
    await api.post('/api/admin/feature-flags', { key: 'run.blocked' });
    await api.patch('/api/admin/feature-flags/run.blocked', { environment: 'development', enabled: true });
    await api.put('/api/admin/feature-flags/run.blocked/checks/stays-off', { context: {}, variant: 'off' });
    const command = ['promote', 'run.blocked', '--from=dev', '--to=staging'];
    const planned = await flags([...command, '--dry-run']);
    expect(planned).toMatchObject({ code: 3, stdout: expect.stringContaining('would be blocked') });
    expect(await flags(command)).toMatchObject({ code: 3, stdout: expect.stringContaining('is blocked, nothing was changed') });
    expect(await flags(['promote', 'run.nothing', '--from=dev', '--to=staging'])).toMatchObject({ code: 1 });
    const bare = await flags(['promote', 'run.blocked', '--from=staging', '--to=prod', '--mode=override']);
    expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining('overrides nothing of "run.blocked"') });
  });

  it('shows the plan before it does exactly that, and says how many values change [003-33] [003-36]', async () => {
    await api.post('/api/admin/feature-flags', { key: 'run.counted' });
    await api.patch('/api/admin/feature-flags/run.counted', { environment: 'staging', enabled: true });
    const command = ['promote', 'run.counted', '--from=staging', '--to=prod', '--percentage=5', '--keep'];
    const planned = await flags([...command, '--dry-run']);
    expect(planned.stdout).toContain('run.counted in production: set percentage = 5');
    expect(planned.stdout).toContain('(3 fields written, 2 values changed).');
    const done = await flags(command);
    expect(done.stdout.indexOf('set percentage = 5')).toBeLessThan(done.stdout.indexOf(': applied'));
    expect(done.stdout).toContain('run.counted: staging → production: applied, 3 fields written, 2 values changed (revision ');
    const { body } = await api.get('/api/admin/feature-flags/run.counted?env=staging');
    expect(body.resolved.percentage.value).toBe(100);
    const more = await flags(['promote', 'run.counted', '--from=staging', '--to=prod', '--with.percentage=50']);
    expect(more.stdout).toContain('applied, 1 field written, 1 value changed');
  });

  it.each([[['promote', '--help']], [['--help']], [['enable', '-h']]])('%j says how it is used [O5]', async (args) => {
    expect(await flags(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('--from=<environment>'), stderr: '' });
  });
});
