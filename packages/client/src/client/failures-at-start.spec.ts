import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, NotReadyError } from '../errors.js';
import { defineFlags, flag } from '../flags.js';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { settle } from '../specs/fake-clock.js';
import { FakeServer, serves, unreachable } from '../specs/fake-server.js';

/** What goes wrong, and what then holds: rows of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow() });

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
