import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, startServer } from '../support/server.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['migrations', 'nest-cli.json', 'package.json', 'src', 'tsconfig.build.json', 'tsconfig.json'];

/** What only our own build makes: the bundle, and the note of what it was built from. */
const OUR_OWN = /^(?:server\/|\.build$)/;

/** A checkout after `npm ci`; the packages, the engine among them, are those of this one. */
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'flagtree-nest-'));
  for (const path of SOURCES) cpSync(join(ROOT, path), join(checkout, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => {
  rmSync(checkout, { recursive: true });
});

const filesOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

describe('nest build', () => {
  it('writes the same files as our own build, which adds the bundle', () => {
    const { status, stdout, stderr } = spawnSync('node_modules/.bin/nest', ['build'], { cwd: checkout, encoding: 'utf8' });
    expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
    const theirs = filesOf(join(checkout, 'dist'));
    const ours = filesOf(join(ROOT, 'dist'));
    expect(theirs.size).toBeGreaterThan(500);
    expect([...theirs.keys()].sort()).toEqual([...ours.keys()].filter((path) => !OUR_OWN.test(path)).sort());
    expect([...theirs].filter(([path, text]) => text !== ours.get(path)).map(([path]) => path)).toEqual([]);
  });
});

describe('nest start --watch', () => {
  let server: Server;
  beforeAll(async () => {
    const entry = join(checkout, 'watch.mjs');
    // A terminal's Ctrl-C reaches the shell and the server; the signal of a test would reach the shell alone.
    const args = `'start', '--watch', '--no-shell'`;
    const arrive = `process.chdir(${JSON.stringify(checkout)}); process.argv.push(${args});`;
    writeFileSync(entry, `${arrive}\nawait import('./node_modules/@nestjs/cli/bin/nest.js');\n`);
    server = await startServer({ entry });
  });
  afterAll(() => server.stop());

  it('starts the server', async () => {
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it('starts it again when a source has changed', async () => {
    const welcome = join(checkout, 'src/start/welcome.ts');
    writeFileSync(welcome, readFileSync(welcome, 'utf8').replace(' is ready.', ' is ready again.'));
    await until(() => /^Flagtree \S+ is ready again\.[^]*^ {2}API docs/m.test(server.logs()), 'the next start', 50_000);
    const url = /ready again\.[^]*?^ {2}API +(http\S+)$/m.exec(server.logs())?.[1] ?? '';
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
  });
});
