import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';
import { type Block, blocksOf, pages, readPage, ROOT } from './markdown.js';
import { holds, Reader } from './reader.js';

/** Pages that people follow from top to bottom, beside a server that they have just started. */
const FOLLOWED = pages().filter((path) => path === 'README.md' || /^docs\/(tutorial|how-to)\//.test(path));

const isCommand = ({ language }: Block) => language === 'bash' || language === 'sql';

/** One after the other on one server: no page may need a fresh one, or leave behind what the next one stumbles over. */
let server: TestServer;
let reader: Reader;
beforeAll(async () => {
  server = await startServer();
  reader = await Reader.of(server);
});
afterAll(async () => {
  await reader.close();
  await server.stop();
});

describe.each(FOLLOWED)('%s', (path) => {
  const commands = blocksOf(readPage(path)).filter(isCommand);
  const run = commands.filter(({ notRun }) => notRun === null);
  if (run.length === 0) {
    it('has nothing that a test can run', () => {
      expect(commands.every(({ notRun }) => notRun !== null)).toBe(true);
    });
    return;
  }

  it.each(run)('does in line $line what it says', async (block) => {
    const { refused, output } = await reader.run(block);
    expect({ refused, output }).toEqual({ refused: block.refused, output });
    if (block.prints !== null && !holds(output, block.prints)) expect(output).toBe(block.prints);
  });
});

describe('the pages', () => {
  it('leave nothing behind but archived flags', async () => {
    const read = async (path: string) => {
      const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.adminToken}` } });
      return ((await response.json()) as { items: Record<string, unknown>[] }).items;
    };
    const flags = await read('/api/admin/feature-flags');
    const environments = await read('/api/admin/environments');
    const tokens = await read('/api/admin/tokens');
    expect({
      flags: flags.map(({ key }) => key),
      environments: environments.map(({ slug, parent }) => [slug, parent]),
      pipelines: await read('/api/admin/pipelines'),
      tokens: tokens.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name),
      files: reader.leftBehind(),
    }).toEqual({
      flags: [],
      environments: [
        ['development', 'staging'],
        ['production', null],
        ['staging', 'production'],
      ],
      pipelines: [],
      tokens: ['bootstrap'],
      files: [],
    });
  });

  it('are all reached from docs/README.md', () => {
    const reached = new Set<string>();
    const follow = (path: string): void => {
      if (reached.has(path) || !path.endsWith('.md') || !existsSync(join(ROOT, path))) return;
      reached.add(path);
      for (const [, target = ''] of readPage(path).matchAll(/\]\((?!\w+:)([^)#\s]+)/g)) follow(join(dirname(path), target));
    };
    follow('docs/README.md');
    const documentation = pages().filter((path) => path.startsWith('docs/'));
    expect(documentation.filter((path) => !reached.has(path))).toEqual([]);
  });

  it('leave out of the tests only what cannot be run there', () => {
    const left = FOLLOWED.flatMap((path) => blocksOf(readPage(path)).filter(isCommand)).flatMap(({ notRun }) => notRun ?? []);
    const counts = Object.fromEntries(
      [...new Set(left)].sort().map((why) => [why, left.filter((other) => other === why).length]),
    );
    expect(counts).toEqual({
      'it is the server itself': 6,
      'it would run this test too': 1,
      'needs Docker': 7,
      "needs an administrator's psql": 7,
      'needs psql, and the private PostgreSQL': 5,
      'needs the anchors of a server': 1,
    });
  });

  it.each(pages())('%s links to what is there', (path) => {
    const links = Array.from(readPage(path).matchAll(/\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)/g), ([, file = '', anchor = '']) => ({
      file,
      anchor,
    }));
    const broken = links.filter(({ file, anchor }) => {
      const target = file === '' ? path : join(dirname(path), file);
      return !existsSync(join(ROOT, target)) || (anchor !== '' && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(path: string): string[] {
  return Array.from(readPage(path).matchAll(/^#+ (.+)$/gm), ([, heading = '']) => {
    return `#${heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')}`;
  });
}
