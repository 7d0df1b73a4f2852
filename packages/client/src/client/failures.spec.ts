import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, NotReadyError } from '../errors.js';
import { defineFlags, flag } from '../flags.js';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { settle } from '../specs/fake-clock.js';
import { FakeServer, serves, status, text, unreachable } from '../specs/fake-server.js';

/** What goes wrong, and what then holds: each row of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow() });
const TWO = aDocument({ lamp: aRow({ enabled: false }) }, { revision: 2 });
const MINUTE = 60_000;

describe('the server is down at the start', () => {
  it('ready() is there within 3 s, code defaults are served, and one warning is written', async () => {
    const flags = defineFlags({ lamp: flag.boolean(true) });
    const { client, clock, heard, log, server } = aClient({ options: { flags }, server: new FakeServer().answers(unreachable) });
    expect(client.status().state).toBe('loading');
    const ready = client.ready();
    await clock.advance(2_999);
    let isThere = false;
    void ready.then(() => (isThere = true));
    await settle();
    expect(isThere).toBe(false);
    await clock.advance(1);
    expect(await ready).toMatchObject({
      state: 'empty',
      hasData: false,
      source: 'none',
      lastError: expect.stringContaining('ECONNREFUSED'),
    });
    expect(client.details('lamp', false)).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
    expect(client.get('lamp')).toBe(true);
    expect(server.asked.length).toBeGreaterThan(1);
    expect(log).toHaveLength(1);
    expect(heard.state).toEqual([{ from: 'loading', to: 'empty', cause: expect.stringContaining('ECONNREFUSED') }]);
  });

  it('the data is in force as soon as it comes, and stays ready for who waits then', async () => {
    const { client, clock, heard } = aClient({ server: new FakeServer().answers(unreachable, unreachable, serves(ONE)) });
    const ready = client.ready();
    await clock.advance(3_000);
    expect(await ready).toMatchObject({ state: 'ready', environment: 'production', revision: 1, source: 'server' });
    expect(heard.change).toEqual([{ environment: 'production', revision: 1, keys: ['lamp'] }]);
    expect(client.boolean('lamp')).toBe(true);
  });

  it('ready({ required: true }) is rejected with the reason', async () => {
    const { client, clock } = aClient({ server: new FakeServer().answers(unreachable) });
    const ready = client.ready({ required: true, timeout: '1s' });
    const refused = expect(ready).rejects.toThrow(NotReadyError);
    await clock.advance(1_000);
    await refused;
  });

  it('a bootstrap document is served, as stale', async () => {
    const { client, clock } = aClient({ options: { bootstrap: ONE }, server: new FakeServer().answers(unreachable) });
    const ready = client.ready();
    await clock.advance(0);
    expect(await ready).toMatchObject({ state: 'stale', source: 'bootstrap', ageSeconds: null });
    expect(client.boolean('lamp')).toBe(true);
  });
});

describe('a bad URL, no token, an unreadable bootstrap file', () => {
  it('are thrown at once, all of them', () => {
    const wrong = {
      url: 'ftp://x',
      token: 'a b',
      pollInterval: 'often',
      environment: 'Prod',
      mode: 'push' as never,
      maxBytes: 0,
    };
    expect(() => aClient({ options: wrong })).toThrow(ConfigurationError);
    try {
      aClient({ options: wrong });
    } catch (error) {
      expect((error as ConfigurationError).defects).toHaveLength(6);
      expect(String(error)).not.toContain('a b');
    }
    expect(() => aClient({ options: { bootstrap: '/nowhere/flags.json' } })).toThrow(
      /bootstrap "\/nowhere\/flags.json" cannot be read: ENOENT/,
    );
    expect(() => aClient({ options: { bootstrap: { ...ONE, format: 9 as never } } })).toThrow(
      /bootstrap cannot be used: its format is 9/,
    );
  });

  it('nothing is asked of an offline client but a file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'flagtree-client-'));
    writeFileSync(join(directory, 'flags.json'), JSON.stringify(ONE));
    const { client, server } = aClient({ options: { mode: 'offline', bootstrap: join(directory, 'flags.json') } });
    expect([client.status().state, client.boolean('lamp'), server.asked.length]).toEqual(['ready', true, 0]);
    rmSync(directory, { recursive: true });
  });
});

describe('the token is wrong, expired or revoked', () => {
  it.each([401, 403])('%d: the data stays, the server is asked again after 5 minutes, then 10, up to an hour', async (code) => {
    const refuses = status(code, { code: 'token-revoked', detail: 'It was revoked.' });
    const { client, clock, heard, server } = aClient({ server: new FakeServer().answers(serves(ONE), refuses) });
    await clock.advance(0);
    await clock.advance(30_000);
    expect(server.asked).toHaveLength(2);
    expect(heard.problem).toMatchObject([
      {
        code: 'refused',
        message: `The server answers ${code} token-revoked: It was revoked.`,
        server: { status: code, code: 'token-revoked' },
      },
    ]);
    expect([client.status().state, client.boolean('lamp')]).toEqual(['stale', true]);
    for (const [minutes, asked] of [
      [4.9, 2],
      [0.2, 3],
      [9.8, 3],
      [0.2, 4],
      [20, 5],
      [40, 6],
      [60, 7],
      [60, 8],
    ] as const) {
      await clock.advance(minutes * MINUTE);
      expect(server.asked).toHaveLength(asked);
    }
  });

  it('a token that was replaced in its file is used at once', async () => {
    const { client, clock, server } = aClient({
      options: { token: () => 'ft_client_1_new' },
      server: new FakeServer().answers(serves(ONE), status(401, { code: 'token-revoked' }), serves(TWO)),
    });
    await clock.advance(30_000);
    await clock.advance(MINUTE);
    expect(server.asked).toHaveLength(2);
    server.otherToken = true;
    await clock.advance(15_000);
    expect([client.status().state, client.status().revision]).toEqual(['ready', 2]);
  });

  it('without any data, ready() does not wait for what cannot come', async () => {
    const { client, clock } = aClient({ server: new FakeServer().answers(status(401, { code: 'token-unknown' })) });
    const ready = client.ready();
    await clock.advance(0);
    expect(await ready).toMatchObject({ state: 'empty', lastError: 'The server answers 401 token-unknown' });
  });
});

describe('the environment is missing, inactive, or another one was resolved', () => {
  it.each([
    [404, 'environment-not-found'],
    [409, 'environment-inactive'],
  ])('%d %s: the data stays, and it is asked again later', async (code, name) => {
    const { client, clock, server, heard } = aClient({
      server: new FakeServer().answers(serves(ONE), status(code, { code: name })),
    });
    await clock.advance(2 * MINUTE);
    expect(server.asked).toHaveLength(2);
    expect(heard.problem).toMatchObject([{ code: 'refused', server: { status: code, code: name } }]);
    expect(client.boolean('lamp')).toBe(true);
  });

  it('the flags of another environment are refused, and the problem names both', async () => {
    const { client, clock, heard } = aClient({
      options: { environment: 'staging' },
      server: new FakeServer().answers(serves(ONE)),
    });
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'empty', environment: null });
    expect(heard.problem).toMatchObject([
      { code: 'environment-mismatch', message: expect.stringMatching(/"staging".*"production"/) },
    ]);
  });

  it('an alias is no other environment', async () => {
    const { client, clock } = aClient({ options: { environment: 'prod' }, server: new FakeServer().answers(serves(ONE)) });
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', environment: 'production' });
  });
});

describe('429 and 503', () => {
  it.each([429, 503])('%d: Retry-After is waited for, at most 10 minutes', async (code) => {
    const busy = status(code, {}, { 'retry-after': '7' });
    const { clock, server } = aClient({
      server: new FakeServer().answers(busy, status(code, {}, { 'retry-after': '86400' }), serves(ONE)),
    });
    await clock.advance(6_999);
    expect(server.asked).toHaveLength(1);
    await clock.advance(1);
    expect(server.asked).toHaveLength(2);
    await clock.advance(599_999);
    expect(server.asked).toHaveLength(2);
    await clock.advance(1);
    expect(server.asked).toHaveLength(3);
  });
});

describe('500, 502, 504, a reset connection, no DNS', () => {
  it.each<[string, () => never | ReturnType<typeof text>]>([
    ['500', status(500)],
    ['502 with HTML', () => text('<html>', 502)],
    ['504', status(504)],
    ['nobody', unreachable],
  ])('%s: it backs off to 30 s, and is ready again when it is answered', async (_what, fails) => {
    const { client, clock, server, heard } = aClient({
      server: new FakeServer().answers(serves(ONE), fails, fails, fails, fails, fails, fails, fails, serves(TWO)),
    });
    await clock.advance(30_000);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 1 });
    for (const [ms, asked] of [
      [750, 3],
      [1_500, 4],
      [3_000, 5],
      [6_000, 6],
      [12_000, 7],
      [22_500, 8],
      [22_500, 9],
    ] as const) {
      await clock.advance(ms);
      expect(server.asked).toHaveLength(asked);
    }
    expect(client.status()).toMatchObject({ state: 'ready', revision: 2, lastError: null });
    expect(heard.state.map(({ from, to }) => [from, to])).toEqual([
      ['loading', 'ready'],
      ['ready', 'stale'],
      ['stale', 'ready'],
    ]);
  });
});

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

describe('the clock jumps', () => {
  it('pauses and ages go by the even clock, and time rules by the clock on the wall', async () => {
    const { client, clock, server } = aClient({ server: new FakeServer().answers(serves(ONE)) });
    await clock.advance(0);
    clock.jump(-3_600_000);
    await clock.advance(10_000);
    expect(server.asked).toHaveLength(1);
    expect(client.status().ageSeconds).toBe(10);
    clock.jump(3_600_000 * 2);
    expect(client.status().ageSeconds).toBe(3_610);
    expect(server.asked).toHaveLength(1);
  });
});

describe('a listener throws', () => {
  it('the others are called, and the problem is told', async () => {
    const { client, clock, heard, log } = aClient({ server: new FakeServer().answers(serves(ONE)) });
    const called: number[] = [];
    client.on('change', () => { throw new Error('mine'); }); // prettier-ignore
    client.on('change', () => Promise.reject(new Error('mine, later')) as never);
    client.on('change', ({ revision }) => called.push(revision));
    client.on('problem', () => { throw new Error('mine too'); }); // prettier-ignore
    await clock.advance(0);
    expect(called).toEqual([1]);
    expect(heard.problem.map(({ code, message }) => [code, message])).toEqual([
      ['listener', 'A listener to "change" has thrown: Error: mine'],
      ['listener', 'A listener to "change" has thrown: Error: mine, later'],
    ]);
    expect(log).toHaveLength(4);
    expect(client.stats().listenerErrors).toBe(4);
  });

  it('whoever has left is not called', async () => {
    const { client, clock } = aClient({ server: new FakeServer().answers(serves(ONE)) });
    const called: number[] = [];
    client.on('change', () => called.push(1))();
    await clock.advance(0);
    expect(called).toEqual([]);
  });
});

describe('use after close(), double close(), close() during the start', () => {
  it('the last state stays, the promise is the same, and nothing is left open', async () => {
    const { client, clock, server, heard } = aClient({ server: new FakeServer().answers(serves(ONE)) });
    await clock.advance(0);
    const closed = client.close();
    expect(client.close()).toBe(closed);
    await closed;
    expect([client.boolean('lamp'), client.status().state, clock.pending]).toEqual([true, 'closed', 0]);
    await clock.advance(10 * MINUTE);
    await client.ready();
    await client.fresh({ maxAge: 0 });
    await client.flush();
    client.track('late');
    expect(server.asked).toHaveLength(1);
    expect(heard.state.at(-1)).toMatchObject({ to: 'closed' });
  });

  it('what arrives after it is not taken', async () => {
    let answer: (value: ReturnType<typeof text>) => void = () => undefined;
    const server = new FakeServer().answers(() => new Promise((resolve) => (answer = resolve)));
    const { client, clock } = aClient({ server });
    await clock.advance(0);
    const ready = client.ready();
    await client.close();
    answer(text(JSON.stringify(ONE)));
    await settle();
    expect(await ready).toMatchObject({ state: 'closed', hasData: false });
    expect(clock.pending).toBe(0);
  });
});

describe('the process ends', () => {
  it('is held up by nothing but who waits', async () => {
    const { client, clock } = aClient({ server: new FakeServer().answers(unreachable) });
    await clock.advance(1_000);
    expect(clock.holding).toBe(0);
    const ready = client.ready();
    await settle();
    expect(clock.holding).toBe(1);
    await clock.advance(3_000);
    await ready;
    expect(clock.holding).toBe(0);
  });
});
