import { describe, expect, it } from '@jest/globals';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { FakeServer, serves, status, text } from '../specs/fake-server.js';

/** What goes wrong, and what then holds: rows of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow() });
const TWO = aDocument({ lamp: aRow({ enabled: false }) }, { revision: 2 });

describe('HTML from a proxy, broken JSON, an unknown format, 20,000 levels', () => {
  it.each([
    ['HTML', '<html>hello</html>'],
    ['a document that broke off', JSON.stringify(TWO).slice(0, 100)],
    ['another format', JSON.stringify({ ...TWO, format: 2 })],
    [
      '20,000 levels',
      `{"format":1,"environment":"production","revision":2,"etag":"x","segments":{},"flags":{"a":{"b":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`,
    ],
  ])('%s: refused as a whole, the last good one stays, and the next try is without its tag', async (_what, body) => {
    const { client, clock, server, heard } = aClient({
      server: new FakeServer().answers(serves(ONE), () => text(body), serves(TWO)),
    });
    await clock.advance(30_000);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 1 });
    expect(heard.problem).toMatchObject([{ code: 'document-refused' }]);
    expect(server.asked[1]?.headers).toHaveProperty('if-none-match', '"etag-1"');
    await clock.advance(1_000);
    expect(server.asked[2]?.headers).not.toHaveProperty('if-none-match');
    expect(client.status()).toMatchObject({ state: 'ready', revision: 2 });
  });
});

describe('one bad or unknown flag in the document', () => {
  it('that flag alone is last good, else PARSE_ERROR', async () => {
    const odd = aRow({
      rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'of-the-future', values: [1] }], serve: { variant: 'off' } }],
    });
    const next = aDocument({ lamp: odd, fresh: odd, fine: aRow(), told: { defect: 'its rules are no list' } }, { revision: 2 });
    const { client, clock, heard } = aClient({ server: new FakeServer().answers(serves(ONE), serves(next)) });
    await clock.advance(0);
    expect(client.boolean('lamp')).toBe(true);
    await clock.advance(30_000);
    expect([client.boolean('lamp'), client.boolean('fine')]).toEqual([true, true]);
    for (const key of ['fresh', 'told'])
      expect(client.details(key, false)).toMatchObject({ value: false, errorCode: 'PARSE_ERROR' });
    expect(client.details('lamp', 'text')).toMatchObject({ value: 'text', errorCode: 'TYPE_MISMATCH' });
    expect(heard.problem.map(({ code }) => code)).toEqual(['flag-defect', 'flag-defect', 'flag-defect']);
    expect(client.stats().defects).toBe(3);
  });
});

describe('the document empties', () => {
  const many = (count: number, revision: number) =>
    aDocument(Object.fromEntries(Array.from({ length: count }, (_, index) => [`flag-${index}`, aRow()])), { revision });

  it('it is only believed when it is still the answer a minute later', async () => {
    const { client, clock, heard } = aClient({ server: new FakeServer().answers(serves(many(30, 1)), serves(many(2, 2))) });
    await clock.advance(30_000);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 1 });
    expect(heard.problem).toMatchObject([
      { code: 'document-shrank', message: expect.stringContaining('2 flags where there were 30') },
    ]);
    await clock.advance(59_999);
    expect(client.stats().flags).toBe(30);
    await clock.advance(1);
    expect(client.stats().flags).toBe(2);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 2 });
  });

  it('and forgotten when the flags come back', async () => {
    const { client, clock } = aClient({
      server: new FakeServer().answers(serves(many(30, 1)), serves(many(2, 2)), serves(many(30, 3))),
    });
    await clock.advance(95_000);
    expect([client.stats().flags, client.status().revision]).toEqual([30, 3]);
  });
});

describe('an older revision, of a server that lags', () => {
  it('is refused, and the next request names the revision that must be there', async () => {
    const { client, clock, server, heard } = aClient({
      server: new FakeServer().answers(serves(TWO), serves(ONE), serves(aDocument({}, { revision: 3 }))),
    });
    await clock.advance(30_000);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 2 });
    expect(heard.problem).toMatchObject([{ code: 'older-revision' }]);
    await clock.advance(1_000);
    expect(server.asked.map(({ query }) => query)).toEqual([{}, {}, { minRevision: '2' }]);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 3 });
  });
});

describe('the database was restored', () => {
  it.each([
    ['a server that answers the older one', serves(ONE)],
    [
      'a server that waits for the newer one',
      (asked: Parameters<ReturnType<typeof serves>>[0]) =>
        'minRevision' in asked.query ? status(503, { code: 'revision-not-reached' })() : serves(ONE)(asked),
    ],
  ])('%s is believed after a minute', async (_what, restored) => {
    const { client, clock } = aClient({ server: new FakeServer().answers(serves(TWO), restored) });
    await clock.advance(30_000);
    await clock.advance(59_000);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 2 });
    await clock.advance(31_000);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 1 });
  });
});
