import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';
import { blocksOf, pages, readPage } from './markdown.js';
import { holds, Reader } from './reader.js';

const EXAMPLES = pages().filter((path) => /^examples\/[\w-]+\/README\.md$/.test(path));

/** Of the page, which is of another origin than the server. */
const ORIGIN = 'http://127.0.0.1:4004';

let server: TestServer;
let reader: Reader;
beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_CORS_ORIGINS: ORIGIN } });
  reader = await Reader.of(server);
  reader.install();
});
afterAll(async () => {
  await reader.close();
  await server.stop();
});

/** What a directory of flags says is checked where the commands for that are. */
const RUN = EXAMPLES.filter((path) => blocksOf(readPage(path)).some(({ language }) => language === 'bash'));

it('are five, of which four are programs', () => {
  expect(EXAMPLES).toContain('examples/gitops/README.md');
  expect(RUN.map((path) => path.split('/')[1])).toEqual(['lambda', 'nest-app', 'node-service', 'react-page']);
});

describe.each(RUN)('%s', (path) => {
  const commands = blocksOf(readPage(path)).filter(({ language }) => language === 'bash');

  it.each(commands)('does in line $line what it says', async (block) => {
    const { refused, output } = await reader.run(block);
    expect({ refused, output }).toEqual({ refused: block.refused, output });
    if (block.prints !== null && !holds(output, block.prints)) expect(output).toBe(block.prints);
  });

  it('leaves nothing behind', async () => {
    const read = async (what: string) => {
      const response = await fetch(`${server.url}/api/admin/${what}`, {
        headers: { authorization: `Bearer ${server.adminToken}` },
      });
      return ((await response.json()) as { items: { name: string; revokedAt: string | null }[] }).items;
    };
    expect(await read('feature-flags')).toEqual([]);
    expect((await read('tokens')).filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name)).toEqual(['bootstrap']);
  });
});
