import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const IMPORT = '/api/admin/import';
let server: Server;
let admin: Api;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const send = (path: string, text: string, type = 'application/yaml', headers = {}) =>
  admin.post(path, text, { headers: { 'content-type': type, ...headers } });
const flagd = (key: string) => `
# what the team has in git
flags:
  ${key}:
    state: ENABLED
    variants: {on: true, off: false}   # words, not truths, as keys
    defaultVariant: off
    targeting:
      if:
        - ends_with: [{var: email}, "@example.com"]
        - on
        -
`;

describe('[003-5] an import of YAML', () => {
  it.each([
    'application/yaml',
    'text/yaml',
    'application/x-yaml',
    'text/yaml; charset=utf-8',
    'Application/YAML;charset="UTF-8"',
  ])('takes flagd definitions as %s', async (type) => {
    const key = `y.${type.replaceAll(/[^a-z]/gi, '')}`;
    const answer = await send(`${IMPORT}?format=flagd`, flagd(key), type);
    expect([answer.status, answer.body.sections]).toEqual([
      200,
      { segments: expect.any(Object), flags: { created: 1, updated: 0, removed: 0, unchanged: 0 } },
    ]);
    expect((await admin.get(`/api/admin/feature-flags/${key}`)).body).toMatchObject({
      enabled: true,
      defaultVariant: 'off',
      rules: [{ targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', null] } }],
    });
  });

  it('takes a FeatureFlag resource, into an environment, and a dry run', async () => {
    const resource = (key: string) =>
      [
        'apiVersion: core.openfeature.dev/v1beta1',
        'kind: FeatureFlag',
        'metadata: {name: f}',
        'spec:',
        '  flagSpec:',
        flagd(key).replaceAll('\n', '\n    '),
      ].join('\n');
    const tried = await send(`${IMPORT}?format=flagd&dryRun=true`, resource('y.resource'));
    expect([tried.status, tried.body.dryRun]).toEqual([200, true]);
    expect((await send(`${IMPORT}?format=flagd&env=staging`, resource('y.resource'))).status).toBe(200);
    expect((await admin.get('/api/admin/environments/staging/feature-flags/y.resource')).body.enabled).toBe(true);
  });

  it('takes what an export of states says, which then is what is there already', async () => {
    await send(`${IMPORT}?format=flagd`, flagd('y.states'));
    const { body } = await admin.get('/api/admin/export');
    const answer = await send(IMPORT, stringify(body));
    expect([answer.status, answer.body.written]).toEqual([200, 0]);
  });

  it('answers the same key and text from memory', async () => {
    const headers = { 'idempotency-key': 'yaml-1' };
    const first = await send(`${IMPORT}?format=flagd`, flagd('y.once'), 'text/yaml', headers);
    const again = await send(`${IMPORT}?format=flagd`, flagd('y.once'), 'text/yaml', headers);
    expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', first.body]);
    expect((await send(`${IMPORT}?format=flagd`, flagd('y.twice'), 'text/yaml', headers)).body.code).toBe(
      'idempotency-key-reused',
    );
  });

  it('says line and column of what is no YAML', async () => {
    const answer = await send(IMPORT, 'format: flagtree-states\nversion: 2\nflags:\n\t- key: a');
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-yaml']);
    expect(answer.body.detail).toContain('(line 4, column 1)');
    expect(answer.body.errors).toEqual([{ pointer: '', code: 'tab-as-indent', detail: expect.any(String), line: 4, column: 1 }]);
  });

  it.each<[string, string, number, string]>([
    ['what is no object', '- 1', 400, 'invalid-request'],
    ['nothing but comments', '# nothing', 400, 'invalid-request'],
    ['what loses digits', 'format: 12345678901234567890', 400, 'invalid-json'],
    ['a document of the wrong shape', 'format: flagtree-states\nversion: 2\nflags: {}', 400, 'invalid-document'],
    ['a date where text is no instant', 'format: flagtree-states\nversion: 2\nflags: [{key: a, variants: [{key: x, value: true}], expiresAt: 2024-13-01}]', 400, 'invalid-document'],
    ['a merge key', 'format: flagtree-states\nversion: 2\n<<: {flags: []}', 400, 'invalid-document'],
    ['100,000 levels', '['.repeat(100_000), 400, 'json-too-deep'],
    ['what is too long', `# ${'x'.repeat(1024 * 1024)}`, 413, 'body-too-large'],
  ])('refuses %s', async (_, text, status, code) => {
    const answer = await send(IMPORT, text);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  }); // prettier-ignore

  it('is YAML in UTF-8, as it is', async () => {
    expect((await send(IMPORT, 'a: 1', 'application/yaml; charset=latin1')).body.code).toBe('unsupported-charset');
    expect((await send(IMPORT, 'a: 1', 'application/yaml', { 'content-encoding': 'gzip' })).body.code).toBe(
      'unsupported-content-coding',
    );
    const bytes = await fetch(server.url + IMPORT, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/yaml' },
      body: Buffer.from([0x61, 0x3a, 0x20, 0xff]),
    });
    expect([bytes.status, ((await bytes.json()) as { code: string }).code]).toEqual([400, 'invalid-utf8']);
  });

  it('is asked who it is before anything is read', async () => {
    const answer = await admin.post(IMPORT, '\t', { headers: { 'content-type': 'application/yaml' }, token: null });
    expect([answer.status, answer.body.code]).toEqual([401, 'token-missing']);
  });

  it('is an import: every other route takes JSON alone', async () => {
    const answer = await send('/api/admin/feature-flags', 'key: y.direct');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
    expect((await send('/api/feature-flags/evaluate', 'context: {}')).status).toBe(415);
    expect((await send('/ofrep/v1/evaluate/flags/f', 'context: {}')).status).toBe(415);
  });
});
