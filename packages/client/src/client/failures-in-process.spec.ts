import { describe, expect, it } from '@jest/globals';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { settle } from '../specs/fake-clock.js';
import { FakeServer, serves, text, unreachable } from '../specs/fake-server.js';

/** What goes wrong, and what then holds: rows of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow() });
const MINUTE = 60_000;

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
