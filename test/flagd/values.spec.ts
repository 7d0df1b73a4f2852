import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

/** As they stand in the request, and as they come back: by their bytes, not by what a parser makes of them. */
const VALUES: [type: string, sent: string, stored: string][] = [
  ['number', '9007199254740991', '9007199254740991'],
  ['number', '-9007199254740991', '-9007199254740991'],
  ['number', '0.1', '0.1'],
  ['number', '10.0', '10'],
  ['number', '0', '0'],
  ['string', '""', '""'],
  ['string', '"0"', '"0"'],
  ['boolean', 'false', 'false'],
  ['json', '{}', '{}'],
  ['json', 'null', 'null'],
  ['json', '[]', '[]'],
  ['json', '{"a":{"b":[0,"",false,null,0.1,9007199254740991]}}', '{"a":{"b":[0,"",false,null,0.1,9007199254740991]}}'],
];

describe('a value', () => {
  let server: TestServer;
  let api: Api;
  let token: string;

  beforeAll(async () => {
    server = await startServer();
    api = await Api.of(server.url, server.adminToken);
    token = await makeToken(api, ['production']);
  });

  afterAll(async () => {
    await OpenFeature.close();
    await server.stop();
  });

  const text = async (path: string, method = 'GET', body?: string) => {
    const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body }) });
    return response.text();
  };

  it.each(VALUES.map((value, index) => [value[1], index, ...value] as const))(
    '%s is the same in the database, in every answer and in a client',
    async (_title, index, type, sent, stored) => {
      const key = `value-${String(index)}`;
      const created = await text(
        '/api/admin/feature-flags',
        'POST',
        `{"key":"${key}","type":"${type}","enabled":true,"variants":[{"key":"only","value":${sent}}]}`,
      );
      expect(created).toContain(`"value":${stored}`);
      expect(await text(`/api/admin/feature-flags/${key}?env=staging`)).toContain(`"value":${stored}`);
      expect(await text(`/api/feature-flags/evaluate`, 'POST', `{"context":{},"flags":["${key}"]}`)).toContain(
        `"value":${stored}`,
      );
      expect(await text(`/ofrep/v1/evaluate/flags/${key}`, 'POST', '{"context":{}}')).toContain(`"value":${stored}`);
      expect(await text('/ofrep/v1/evaluate/flags', 'POST', '{"context":{}}')).toContain(`"value":${stored}`);
      expect(await text('/api/feature-flags/snapshot')).toContain(`"value":${stored}`);
      const explained = await text(
        `/api/admin/feature-flags/${key}/explain`,
        'POST',
        '{"environment":"production","context":{}}',
      );
      expect(explained).toContain(`"value":${stored}`);
    },
  );

  it.each(VALUES.filter(([, sent]) => sent !== 'null'))(
    'of type %s, %s, reaches the stock OpenFeature client',
    async (type, sent) => {
      const index = VALUES.findIndex((value) => value[1] === sent);
      await OpenFeature.setProviderAndWait(
        'values',
        new OFREPProvider({ baseUrl: server.url, headers: { Authorization: `Bearer ${token}` } }),
      );
      const client = OpenFeature.getClient('values');
      const [key, value] = [`value-${String(index)}`, JSON.parse(sent) as unknown];
      const read = {
        number: () => client.getNumberValue(key, NaN),
        string: () => client.getStringValue(key, 'another'),
        boolean: () => client.getBooleanValue(key, true),
        json: () => client.getObjectValue(key, { another: true }),
      }[type];
      expect(await read?.()).toEqual(value);
    },
  );

  it.each(['9007199254740993', '-9007199254740992', '{"deep":[12345678901234567890]}'])(
    '%s is refused by name',
    async (value) => {
      const refused = await text(
        '/api/admin/feature-flags',
        'POST',
        `{"key":"too-big","type":"json","variants":[{"key":"only","value":${value}}]}`,
      );
      expect(JSON.parse(refused)).toMatchObject({
        status: 400,
        errors: [{ pointer: expect.stringMatching(/^\/variants\/0\/value/) }],
      });
    },
  );
});

describe('explain', () => {
  it('tells an expression, a bucket and a prerequisite with their numbers', async () => {
    const server = await startServer();
    const api = await Api.of(server.url, server.adminToken);
    await api.post('/api/admin/feature-flags', { key: 'base', enabled: true });
    await api.post('/api/admin/feature-flags', {
      key: 'told',
      enabled: true,
      prerequisites: [{ flag: 'base', variants: ['on'] }],
      rules: [
        { id: 'by-plan', conditions: [{ jsonLogic: { in: [{ var: 'user.plan' }, ['pro']] } }], serve: { variant: 'off' } },
        { id: 'half', targeting: { if: [{ '===': [{ fractional: [['in', 50], ['out', 50]] }, 'none'] }, 'on', null] } },
      ],
      percentage: 25,
    }); // prettier-ignore
    const context = { targetingKey: 'u1', user: { plan: 'free' } };
    const { status, body } = await api.post('/api/admin/feature-flags/told/explain', { environment: 'production', context });
    expect(status).toBe(200);
    expect(body.steps).toMatchObject([
      {
        step: 'prerequisite',
        flag: 'base',
        required: ['on'],
        satisfied: true,
        steps: [{ step: 'enabled' }, { step: 'default' }],
      },
      { step: 'enabled', enabled: true },
      {
        step: 'rule',
        id: 'by-plan',
        matched: false,
        conditions: [{ reads: { 'user.plan': 'free' }, value: false, result: false }],
      },
      {
        step: 'rule',
        id: 'half',
        matched: false,
        why: 'its targeting gives null: the next rule decides',
        buckets: [
          {
            kind: 'fractional',
            key: 'toldu1',
            place: expect.any(Number),
            bucket: expect.any(Number),
            chosen: expect.any(Number),
          },
        ],
      },
      { step: 'default', buckets: [{ kind: 'gate', percentage: 25, key: 'u1', place: expect.any(Number), threshold: 2 ** 30 }] },
    ]);
    await server.stop();
  });
});
