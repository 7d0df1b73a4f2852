import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeFlag, makeToken } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { until } from '../../../test/support/until.js';
import { createClient } from '../src/index.js';

let server: TestServer;
let admin: Api;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeFlag(admin, 'lamp');
});
afterAll(() => server.stop());

it('follows a server by the alias of an environment, says where values come from, and keeps them when the server is gone', async () => {
  const token = await makeToken(admin, ['development']);
  const flags = createClient({ url: server.url, token, environment: 'dev', overrides: false });
  try {
    expect(await flags.ready({ required: true })).toMatchObject({ state: 'ready' });
    for (const enabled of [false, true]) {
      await admin.patch('/api/admin/environments/staging/feature-flags/lamp', { enabled });
      await until(() => flags.boolean('lamp', !enabled) === enabled, 'the change in the client');
    }
    const lamp = { value: true, environment: 'development', inheritedFrom: 'staging', source: 'server' };
    expect(flags.details('lamp', false)).toMatchObject(lamp);
    expect(flags.stats().streams.events).toBeGreaterThan(1);
    await server.stop();
    expect(flags.details('lamp', false)).toMatchObject(lamp);
  } finally {
    await flags.close();
  }
});
