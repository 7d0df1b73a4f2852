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
  await makeFlag(admin, 'ui.lamp');
  await admin.patch('/api/admin/environments/staging/feature-flags/ui.lamp', { enabled: true });
});
afterAll(async () => {
  flagtree.close();
  await server.stop();
});

describe('flagtree env', () => {
  it('draws the tree', async () => {
    expect(await flagtree.run(['env', 'tree'])).toEqual({
      code: 0,
      stdout: 'production (prod) protected\n└─ staging\n   └─ development (dev)\n',
      stderr: '',
    });
  });

  it('gives the chain by alias, for people and for scripts', async () => {
    expect(await flagtree.run(['env', 'chain', 'dev'])).toMatchObject({ stdout: 'development → staging → production\n' });
    const { items } = await flagtree.json(['env', 'chain', 'dev']);
    expect(items.map(({ slug }: { slug: string }) => slug)).toEqual(['development', 'staging', 'production']);
  });
});

describe('flagtree flag get', () => {
  it('says where each field comes from', async () => {
    const { stdout } = await flagtree.run(['flag', 'get', 'ui.lamp', '-e', 'dev']);
    expect(stdout).toMatch(/^enabled +staging +inherited +true$/m);
    expect(stdout).toMatch(/^percentage +the flag +inherited +100$/m);
    expect(await flagtree.json(['flag', 'get', 'ui.lamp', '-e', 'dev'])).toEqual(
      (await admin.get('/api/admin/feature-flags/ui.lamp?env=dev')).body,
    );
  });

  it('names the flag, or the environment, that was meant', async () => {
    expect(await flagtree.run(['flag', 'get', 'ui.lmap'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('Did you mean ui.lamp?'),
    });
    expect(await flagtree.run(['flag', 'get', 'ui.lamp', '--env=stagign'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Did you mean staging?'),
    });
  });
});

describe('whom it asks, and as whom', () => {
  it('finds a local server in its data directory', async () => {
    const local = { FLAGTREE_URL: '', FLAGTREE_CLI_TOKEN: '', FLAGTREE_DATA_DIR: server.dataDirectory };
    expect(await flagtree.run(['env', 'list'], { env: local })).toMatchObject({ code: 0, stderr: '' });
  });

  it('says that a client token only evaluates, and sends it nowhere', async () => {
    const env = { FLAGTREE_CLI_TOKEN: '', FLAGTREE_TOKEN: 'ft_client_0123456789ab_secret', FLAGTREE_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await flagtree.run(['env', 'list'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'FLAGTREE_TOKEN holds a client token, which only evaluates; a management token begins with ft_admin_.',
    );
    expect(stderr).not.toContain('secret');
  });

  it('ends with 5 where nobody answers, and names who said so', async () => {
    const { code, stderr } = await flagtree.run(['env', 'list', '--url=http://127.0.0.1:1']);
    expect(code).toBe(5);
    expect(stderr).toContain('No server answers at http://127.0.0.1:1 (ECONNREFUSED). The address is that of --url.');
  });

  it('ends with 4 where the server refuses the token, and names its place', async () => {
    const { code, stderr } = await flagtree.run(['env', 'list'], { env: { FLAGTREE_CLI_TOKEN: 'ft_admin_0123456789ab_wrong' } });
    expect(code).toBe(4);
    expect(stderr).toContain('The token is that of FLAGTREE_CLI_TOKEN.');
  });

  it('ends with 2 where there is neither', async () => {
    const none = { FLAGTREE_URL: '', FLAGTREE_CLI_TOKEN: '' };
    expect(await flagtree.run(['env', 'list'], { env: none })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Which server?'),
    });
    const noToken = { FLAGTREE_CLI_TOKEN: '' };
    expect(await flagtree.run(['env', 'list'], { env: noToken })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Who are you?'),
    });
  });
});
