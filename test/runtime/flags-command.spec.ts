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
});
