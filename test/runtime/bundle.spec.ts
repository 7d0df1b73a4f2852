import { afterAll, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';

interface Document {
  components: { schemas: Record<string, unknown> };
}

const servers: Awaited<ReturnType<typeof startServer>>[] = [];
const contextsAt = async (level: string): Promise<Set<string>> => {
  const server = await startServer({ env: { FLAGTREE_LOG_LEVEL: level } });
  servers.push(server);
  return new Set([...server.logs().matchAll(/"context":"([^"]+)"/g)].map(([, context = '']) => context));
};
afterAll(() => Promise.all(servers.map((server) => server.stop())));

it('runs from a bundle whose classes have their own names, by which the log tells who speaks', async () => {
  const contexts = await contextsAt('debug');
  expect([...contexts]).toEqual(expect.arrayContaining(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory']));
  expect([...contexts].filter((context) => !/^(?:[A-Z][A-Za-z]+|[a-z]+)$/.test(context))).toEqual([]);
});

it('tells nothing of its modules and routes at the usual level', async () => {
  expect([...(await contextsAt('info'))].filter((context) => /^_?(?:Instance|Rout)/.test(context))).toEqual([]);
});

it('loads nothing from outside of the bundle but the pages of the API docs', async () => {
  const server = await startServer({ entry: new URL('outside-loads.mjs', import.meta.url).pathname });
  await server.stop();
  const [, loaded = 'null'] = /^loaded from outside: (.*)$/m.exec(server.logs()) ?? [];
  expect(JSON.parse(loaded)).toEqual(['swagger-ui-dist']);
});

it('has in its OpenAPI document the names of schemas, and all else, that the single files have', async () => {
  const documents = await Promise.all(
    [undefined, new URL('single-files.mjs', import.meta.url).pathname].map(async (entry) => {
      const server = await startServer(entry === undefined ? {} : { entry });
      servers.push(server);
      return (await (await fetch(`${server.url}/api/openapi.json`)).json()) as Document;
    }),
  );
  const [bundled, single] = documents.map(({ components }) => Object.keys(components.schemas).sort());
  expect(single?.length).toBeGreaterThan(50);
  expect(bundled).toEqual(single);
  expect({ ...documents[0], servers: [] }).toEqual({ ...documents[1], servers: [] });
});
