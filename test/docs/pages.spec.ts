import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';
import { type Block, blocksOf, pages, readPage, ROOT } from './markdown.js';
import { holds, Reader } from './reader.js';

/** Pages that people follow from top to bottom, beside a server that they have just started. */
const FOLLOWED = pages().filter((path) => path === 'README.md' || /^docs\/(tutorial|how-to)\//.test(path));

const isCommand = ({ language }: Block) => language === 'bash' || language === 'sql';

describe.each(FOLLOWED)('%s', (path) => {
  const commands = blocksOf(readPage(path)).filter(isCommand);
  const run = commands.filter(({ notRun }) => notRun === null);
  if (run.length === 0) {
    it('has nothing that a test can run', () => {
      expect(commands.every(({ notRun }) => notRun !== null)).toBe(true);
    });
    return;
  }

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

  it.each(run)('does in line $line what it says', async (block) => {
    const { refused, output } = await reader.run(block);
    expect({ refused, output }).toEqual({ refused: block.refused, output });
    if (block.prints !== null && !holds(output, block.prints)) expect(output).toBe(block.prints);
  });
});

describe('the pages', () => {
  it('leave out of the tests only what cannot be run there', () => {
    const left = FOLLOWED.flatMap((path) => blocksOf(readPage(path)).filter(isCommand)).flatMap(({ notRun }) => notRun ?? []);
    const counts = Object.fromEntries(
      [...new Set(left)].sort().map((why) => [why, left.filter((other) => other === why).length]),
    );
    expect(counts).toEqual({
      'it is the server itself': 4,
      'it would run this test too': 1,
      'needs Docker': 6,
      "needs an administrator's psql": 2,
      'needs psql, and the private PostgreSQL': 5,
      'needs the anchors of a server': 1,
      'npm test has installed these packages already': 1,
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
