import { describe, expect, it } from '@jest/globals';
import { otelExposures } from '../otel.js';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow, aText, forPros } from '../specs/documents.js';
import type { Exposure, ExposureOptions, TrackEvent } from '../types/exposures.js';
import type { ClientOptions } from '../types/options.js';
import type { AnyFlags } from '../types/flags.js';

const FLAGS = aDocument({ page: aText({ rules: [forPros('b')] }), half: aRow({ percentage: 50 }), on: aRow() }, { revision: 7 });
const PRO = { targetingKey: 'u1', plan: 'pro' };
type Batch = readonly (Exposure | TrackEvent)[];

/** A client whose exposures end up in `sent`. */
function telling(rest: Partial<ExposureOptions> = {}, options: ClientOptions<AnyFlags> = {}) {
  const sent: Batch[] = [];
  const send: ExposureOptions['send'] = (batch) => {
    sent.push(batch);
  };
  return { sent, ...aClient({ options: { mode: 'offline', bootstrap: FLAGS, exposures: { send, ...rest }, ...options } }) };
}

describe('exposures', () => {
  it('tell who was dealt which variant by a rule or a bucket, and nothing else', async () => {
    const { client, clock, sent } = telling();
    client.string('page', '', PRO);
    client.boolean('half', false, PRO);
    client.boolean('on', false, PRO);
    client.string('page', '', { targetingKey: 'u2' });
    client.boolean('none', false, PRO);
    client.override('on', false);
    client.boolean('on', true, PRO);
    await clock.advance(10_000);
    expect(sent).toEqual([
      [
        { type: 'exposure', flag: 'page', variant: 'b', reason: 'TARGETING_MATCH', targetingKey: 'u1', environment: 'production', revision: 7, time: expect.any(Number) },
        { type: 'exposure', flag: 'half', variant: expect.any(String), reason: 'SPLIT', targetingKey: 'u1', environment: 'production', revision: 7, time: expect.any(Number) },
      ],
    ]); // prettier-ignore
  });

  it('tell the same once an hour, also when the flags changed meanwhile', async () => {
    const { client, clock, sent } = telling();
    for (let call = 0; call < 5; call++) client.string('page', '', PRO);
    client.string('page', '', { ...PRO, targetingKey: 'u2' });
    await clock.advance(3_590_000);
    client.string('page', '', PRO);
    await clock.advance(11_000);
    client.string('page', '', PRO);
    await client.flush();
    expect(sent.map((batch) => batch.length)).toEqual([2, 1]);
    expect(client.stats().exposures).toEqual({ queued: 0, sent: 3, dropped: 0, deduplicated: 5 });
  });

  it('remember a bounded number of keys', () => {
    const { client } = telling();
    for (let user = 0; user < 30_000; user++) client.string('page', '', { plan: 'pro', targetingKey: `u${user % 25_000}` });
    // 500 are on their way
    expect(client.stats().exposures).toMatchObject({ queued: 10_000, deduplicated: 0, dropped: 19_500 });
    client.string('page', '', { plan: 'pro', targetingKey: 'u4999' });
    expect(client.stats().exposures.deduplicated).toBe(1);
  });

  it('may tell of everything, each time, with attributes that are named', async () => {
    const { client, sent } = telling({ all: true, every: true, attributes: ['plan', 'none'] });
    client.boolean('on', false, PRO);
    client.boolean('on', false, PRO);
    client.boolean('none', false, PRO);
    await client.flush();
    expect(sent[0]).toMatchObject([
      { flag: 'on', variant: 'on', attributes: { plan: 'pro' } },
      { flag: 'on' },
      { flag: 'none', variant: null, errorCode: 'FLAG_NOT_FOUND', reason: 'ERROR' },
    ]);
  });

  it('are told to listeners, who are as good as a sink', async () => {
    const { client } = aClient({ options: { mode: 'offline', bootstrap: FLAGS } });
    const heard: Batch[] = [];
    client.string('page', '', PRO);
    const leave = client.on('exposure', (batch) => heard.push(batch));
    client.string('page', '', PRO);
    await client.flush();
    leave();
    client.string('page', '', { ...PRO, targetingKey: 'u2' });
    await client.flush();
    expect(heard.map((batch) => batch.length)).toEqual([1]);
  });

  it('come before the action that they explain', async () => {
    const { client, sent } = telling({ attributes: ['plan'] });
    client.string('page', '', PRO);
    client.run(PRO, () => { client.track('bought', { value: 99.5, currency: 'EUR' }); }); // prettier-ignore
    await client.flush();
    expect(sent[0]?.map(({ type }) => type)).toEqual(['exposure', 'track']);
    expect(sent[0]?.[1]).toEqual({
      type: 'track', event: 'bought', targetingKey: 'u1', environment: 'production', time: expect.any(Number), details: { value: 99.5, currency: 'EUR' }, attributes: { plan: 'pro' },
    }); // prettier-ignore
  });
});

describe('send of exposures fails, hangs or throws', () => {
  it.each<[string, ExposureOptions['send']]>([
    ['fails', () => Promise.reject(new Error('no'))],
    ['throws', () => { throw new Error('no'); }], // prettier-ignore
    ['hangs', (_batch, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => { reject(new Error('aborted')); }))], // prettier-ignore
  ])('%s: it is tried three times, then dropped, counted and told', async (_what, send) => {
    let tries = 0;
    const { client, clock, heard } = telling({ send: (...told) => { tries++; return send(...told); } }); // prettier-ignore
    client.string('page', '', PRO);
    await clock.advance(60_000);
    expect(tries).toBe(3);
    expect(client.stats().exposures).toMatchObject({ queued: 0, sent: 0, dropped: 1 });
    expect(heard.problem).toMatchObject([
      { code: 'exposures', message: expect.stringMatching(/^1 exposures and events were dropped: /) },
    ]);
  });

  it('close() waits two seconds for it, and no longer', async () => {
    const { client, clock } = telling({ send: () => new Promise(() => undefined) });
    client.string('page', '', PRO);
    const closed = client.close();
    await clock.advance(2_000);
    await closed;
    expect(client.status().state).toBe('closed');
  });

  it('batches have at most 500, and one is sent at a time', async () => {
    let under = 0;
    let most = 0;
    const { client, sent } = telling({
      every: true,
      send: async (batch) => {
        most = Math.max(most, ++under);
        await Promise.resolve();
        sent.push(batch);
        under--;
      },
    });
    for (let call = 0; call < 1_200; call++) client.string('page', '', PRO);
    await client.flush();
    expect(sent.map((batch) => batch.length)).toEqual([500, 500, 200]);
    expect(most).toBe(1);
  });
});

describe('exposures for OpenTelemetry', () => {
  it('are events of the semantic conventions', async () => {
    const emitted: object[] = [];
    const { client } = telling(otelExposures({ logger: { emit: (record) => emitted.push(record) } }));
    client.string('page', '', PRO);
    client.string('page', '', PRO);
    client.boolean('none', false, PRO);
    client.track('bought');
    await client.flush();
    const shared = {
      'feature_flag.provider.name': 'flagtree',
      'feature_flag.set.id': 'production',
      'feature_flag.version': '7',
      'feature_flag.context.id': 'u1',
    };
    expect(emitted).toEqual([
      { eventName: 'feature_flag.evaluation', timestamp: expect.any(Number), attributes: { ...shared, 'feature_flag.key': 'page', 'feature_flag.result.reason': 'targeting_match', 'feature_flag.result.variant': 'b' } },
      { eventName: 'feature_flag.evaluation', timestamp: expect.any(Number), attributes: { ...shared, 'feature_flag.key': 'none', 'feature_flag.result.reason': 'error', 'error.type': 'flag_not_found', 'feature_flag.error.message': 'there is no flag "none" in production' } },
    ]); // prettier-ignore
  });
});
