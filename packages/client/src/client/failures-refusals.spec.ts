import { describe, expect, it } from '@jest/globals';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { FakeServer, serves, status, text, unreachable } from '../specs/fake-server.js';

/** What goes wrong, and what then holds: rows of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow() });
const TWO = aDocument({ lamp: aRow({ enabled: false }) }, { revision: 2 });
const MINUTE = 60_000;

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
