import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'flagtree-test-bundle-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Of the built server, with the modules that load it at hand. */
function node(script: string): string {
  const lifecycle = (name: string) => JSON.stringify(new URL(`../../dist/start/runtime/${name}.js`, import.meta.url).href);
  const head = `
    import { bytecodeOf, loadBundle } from ${lifecycle('bundle')};
    import { nameSourceLines } from ${lifecycle('source-lines')};
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', head + script], { encoding: 'utf8' });
  return stdout + stderr;
}

describe('a stack trace', () => {
  it('names the lines of our TypeScript', () => {
    const bundle = JSON.stringify(join(DIST, 'server/server.cjs'));
    const output = node(`nameSourceLines(${bundle}); await loadBundle(${bundle}).exports.run(null);`);
    expect(output).toMatch(/^Flagtree failed to start, and this is a bug: TypeError: /);
    const [, place = '', line = ''] = /^ {4}at readConfig \((.+):(\d+):\d+\)$/m.exec(output) ?? [];
    expect(place).toBe(fileURLToPath(new URL('../../src/platform/config/read-config.ts', import.meta.url)));
    expect(readFileSync(place, 'utf8').split('\n')[Number(line) - 1]).toContain('env');
  });

  it('needs a map of nothing but our own lines: one of all packages would be 90 MB of memory, for good, from the first trace on', () => {
    const text = readFileSync(join(DIST, 'server/server.cjs.map'), 'utf8');
    const { sources } = JSON.parse(text) as { sources: string[] };
    expect(sources.filter((source) => /node_modules.(fastify|pg|@nestjs.core)./.test(source))).toEqual([]);
    expect(sources.some((source) => source.endsWith('src/platform/config/read-config.ts'))).toBe(true);
    expect(text.length).toBeLessThan(1_500_000);
  });

  it('is as V8 writes it for what is no line of ours', () => {
    const errors = 'new TypeError("told"), new Error(), Object.assign(new Error("x"), { name: "Named" }), captured';
    const script = `const captured = {}; Error.captureStackTrace(captured);
      for (const { stack } of [${errors}]) console.log(stack);`;
    const plain = node(script);
    expect(plain).toContain('TypeError: told\n    at ');
    expect(node(`nameSourceLines("/nowhere");${script}`)).toBe(
      plain.replaceAll(/(?<=\[eval1\]:4:)\d+/g, (column) => String(Number(column) + 28)),
    );
  });
});

describe('the bundle', () => {
  const bundle = join(folder, 'bundle.cjs');
  writeFileSync(bundle, 'exports.answer = () => [__filename, __dirname, typeof require("node:fs").statSync];');
  const load = (then: string) =>
    node(
      `const { exports, script } = loadBundle(${JSON.stringify(bundle)}); console.log(...exports.answer(), script.cachedDataRejected); ${then}`,
    );
  const loaded = `${bundle} ${folder} function`;

  it('has bytecode that the build has kept, and that is taken', () => {
    expect(node(`console.log(loadBundle(${JSON.stringify(join(DIST, 'server/server.cjs'))}).script.cachedDataRejected)`)).toBe(
      'false\n',
    );
  });

  it('runs without bytecode, with it, and with what is none', () => {
    expect(
      load(`(await import('node:fs')).writeFileSync(bytecodeOf(${JSON.stringify(bundle)}), script.createCachedData());`),
    ).toBe(`${loaded} undefined\n`);
    expect(load('')).toBe(`${loaded} false\n`);
    writeFileSync(`${bundle}.bytecode`, 'no bytecode');
    expect(load('')).toBe(`${loaded} true\n`);
  });
});
