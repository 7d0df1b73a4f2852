import { afterAll, beforeAll } from '@jest/globals';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { makeKitFlags, providerTestKit } from './provider-kit.js';
import { makeToken } from './steps.js';

providerTestKit(
  'the stock OFREP provider',
  () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServer();
      const api = await Api.of(server.url, server.adminToken);
      await makeKitFlags(api);
      const token = await makeToken(api, ['production']);
      const headers = { Authorization: `Bearer ${token}` };
      await OpenFeature.setProviderAndWait('kit', new OFREPProvider({ baseUrl: server.url, headers }));
    });
    afterAll(async () => {
      await OpenFeature.close();
      await server.stop();
    });
  },
  () => OpenFeature.getClient('kit'),
);
