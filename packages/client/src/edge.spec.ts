import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createEvaluator, defineFlags, type Fetch, fetchDocument, flag } from './edge.js';
import { aDocument, aText, forPros } from './specs/documents.js';

const DOCUMENT = aDocument({ page: aText({ rules: [forPros('b')] }) });

describe('an evaluator', () => {
  it('reads the flags of a document', () => {
    const flags = defineFlags({ page: flag.string('z'), size: flag.number(3) });
    const reader = createEvaluator(DOCUMENT, { flags });
    expect([reader.get('page'), reader.string('page', '', { plan: 'pro' }), reader.get('size')]).toEqual(['a', 'b', 3]);
    expect(reader.details('page', '', { plan: 'pro' })).toMatchObject({ reason: 'TARGETING_MATCH', environment: 'production' });
  });

  it('is not made of what is no document', () => {
    expect(() => createEvaluator({ ...DOCUMENT, format: 2 as never })).toThrow(/format is 2/);
  });
});

describe('fetchDocument', () => {
  const answering = (status: number, body: unknown) => {
    const asked: Parameters<Fetch>[] = [];
    const fetch: Fetch = (...request) => {
      asked.push(request);
      return Promise.resolve({ status, text: () => Promise.resolve(typeof body === 'string' ? body : JSON.stringify(body)) });
    };
    return { asked, fetch };
  };
  const at = { url: 'https://flags.test/', token: 'ft_client_1_x' };

  it('asks once, with the tag that is known', async () => {
    const { asked, fetch } = answering(200, DOCUMENT);
    expect(await fetchDocument({ ...at, environment: 'prod', etag: 'old', fetch })).toMatchObject({ flags: DOCUMENT.flags });
    expect(asked).toEqual([
      [
        'https://flags.test/api/feature-flags/snapshot',
        {
          redirect: 'manual',
          headers: { authorization: 'Bearer ft_client_1_x', 'x-environment': 'prod', 'if-none-match': '"old"' },
        },
      ],
    ]);
    expect(await fetchDocument({ ...at, etag: 'etag-1', fetch: answering(304, '').fetch })).toBe('unchanged');
  });

  it.each<[string, number, unknown, RegExp]>([
    ['a refusal', 401, { code: 'token-unknown' }, /answers 401: .*token-unknown/],
    ['HTML', 200, '<html>', /HTML/],
    ['another environment', 200, { ...DOCUMENT, environment: 'staging', aliases: [] }, /"prod" was asked for, and "staging"/],
  ])('%s is an error that says what came', async (_what, status, body, message) => {
    await expect(fetchDocument({ ...at, environment: 'prod', fetch: answering(status, body).fetch })).rejects.toThrow(message);
  });
});

describe('the code for the edge', () => {
  it('needs nothing of Node, and starts no timer', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'edge.ts')],
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      conditions: ['flagtree-source'],
      mainFields: ['module', 'main'],
      write: false,
      logLevel: 'silent',
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text.length).toBeGreaterThan(10_000);
    const found = text.match(/from ["']node:\w+|require\(["']node:\w+|\bset(?:Timeout|Interval|Immediate)\(/g);
    expect(found).toBeNull();
  });
});
