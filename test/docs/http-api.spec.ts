import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, ROOT } from './markdown.js';

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => readPage(join('src', name)));

const found = (pattern: RegExp, texts: readonly string[]) =>
  texts.flatMap((text) => Array.from(text.matchAll(pattern), (match) => match[1] ?? ''));

describe('docs/reference/http-api.md', () => {
  it('says of every member that counts what an answer leaves out what it counts', () => {
    const counting = found(
      /^ {2}(\w+Count|counts|effectBy|differentErrors|more)\??: (?:number|string;|Record|EffectBy)/gm,
      sources,
    );
    const [, section = ''] = /^## Bounded answers$([^]*?)^## /m.exec(readPage('docs/reference/http-api.md')) ?? [];
    const rows = section.split('\n').map((line) => line.split('|')[1] ?? '');
    const told = found(/`(\w+)`/g, rows);
    expect(counting).toContain('effectCount');
    expect([...new Set(counting)].filter((member) => !told.includes(member))).toEqual([]);
  });

  it('lists every code of a problem document, and none that there is not', () => {
    const raised = found(
      /new (?:Invalid|Unsupported|Unauthorized|Forbidden|NotFound|Conflict|Unprocessable|TooMany|Unavailable)\(\s*'([a-z0-9-]+)'/g,
      sources,
    );
    const named = [
      ...found(/refuse\('([a-z-]+)'/g, [readPage('src/audit/consequences/keep-others.ts')]),
      ...found(/defects\.add\(\s*at,\s*'(weights-[a-z-]+)'/g, [
        readPage('packages/engine/src/validate/flag/validate-weights.ts'),
      ]),
      ...found(/super\('([a-z-]+)'/g, [readPage('src/platform/http/problems/problem.ts')]),
      ...found(/^ {2}'?([a-z-]+)'?: \{ detail/gm, [readPage('src/streaming/admission.ts')]).map((cause) => `stream-${cause}`),
      ...found(/^ {2}FT\d{3}: '([a-z-]+)'/gm, [readPage('src/platform/http/problems/database-problem.ts')]),
      ...found(/'(database-(?:away|unusable))'/g, [readPage('src/platform/http/problems/database-problem.ts')]),
      ...found(/(?:new Refused\(\s*(?:status|\d+),\s*|problem\(\s*500,\s*)'([a-z-]+)'/g, sources),
    ];
    const table = readPage('docs/reference/http-api.md')
      .split('\n')
      .filter((line) => /^\| [45]\d\d/.test(line));
    const documented = found(
      /`([a-z0-9-]+)`/g,
      table.map((line) => line.split('|')[2] ?? ''),
    );
    expect(documented.sort()).toEqual([...new Set([...raised, ...named])].sort());
  });
});
