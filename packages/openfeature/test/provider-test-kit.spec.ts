import { afterAll, beforeAll } from '@jest/globals';
import { OpenFeature } from '@openfeature/server-sdk';
import { makeKitFlags, providerTestKit } from '../../../test/evaluation/provider-kit.js';
import { makeToken } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { FlagtreeProvider } from '../src/index.js';

providerTestKit(
  '@flagtree/openfeature',
  () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServer();
      const api = await Api.of(server.url, server.adminToken);
      await makeKitFlags(api);
      const token = await makeToken(api, ['production']);
      await OpenFeature.setProviderAndWait('kit', new FlagtreeProvider({ url: server.url, token, overrides: false }));
    });
    afterAll(async () => {
      await OpenFeature.close();
      await server.stop();
    });
  },
  () => OpenFeature.getClient('kit'),
);
