import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editEnvironment, makeEnvironment, makeFlag, makeToken, sendRaw } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const WHERE = '/api/feature-flags/environment';
let server: TestServer;
let admin: Api;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeEnvironment(admin, 'qa', 'production');
  await makeEnvironment(admin, 'retired', 'production');
  await makeEnvironment(admin, 'below-retired', 'retired');
  await makeFlag(admin, 'a-flag');
  await editEnvironment(admin, 'retired', { isActive: false });
});

afterAll(() => server.stop());

describe('the environment of a request', () => {
  const header = { 'X-Environment': 'staging' };

  it.each([
    ['header, query and token', '?env=development', header, ['qa', 'staging', 'development'], 'staging', 'header'],
    ['header and query', '?env=development', header, null, 'staging', 'header'],
    ['header and a token with one environment', '', header, ['staging'], 'staging', 'header'],
    ['query and a token with one environment', '?env=development', {}, ['development'], 'development', 'query'],
    ['query', '?env=development', {}, null, 'development', 'query'],
    ['a percent-encoded query', '?%65nv=%64evelopment', {}, null, 'development', 'query'],
    ['the only environment of the token', '', {}, ['qa'], 'qa', 'token'],
    ['a token with several environments', '', {}, ['production', 'qa'], 'production', 'default'],
    ['nothing', '', {}, null, 'production', 'default'],
  ] as const)('is named by %s', async (_by, query, headers, environments, environment, by) => {
    const api = environments ? admin.as(await makeToken(admin, environments)) : admin;
    const answer = await api.get(WHERE + query, { headers });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ environment, by, ignored: null, isActive: true });
    expect(answer.headers.get('x-resolved-environment')).toBe(environment);
  });

  it('is described with its chain, its revision and the digest of its content', async () => {
    const { body } = await admin.get(`${WHERE}?env=development`);
    expect(body).toEqual({
      environment: 'development',
      name: expect.any(String),
      by: 'query',
      ignored: null,
      chain: ['development', 'staging', 'production'],
      isActive: true,
      revision: expect.any(Number),
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('is the same for every evaluation route', async () => {
    const context = { context: {} };
    const answers = [
      await admin.post('/api/feature-flags/evaluate?env=qa', context, { headers: header }),
      await admin.get('/api/feature-flags/snapshot?env=qa', { headers: header }),
      await admin.post('/ofrep/v1/evaluate/flags?env=qa', context, { headers: header }),
      await admin.post('/ofrep/v1/evaluate/flags/a-flag?env=qa', context, { headers: header }),
    ];
    expect(answers.map(({ status, headers: sent }) => [status, sent.get('x-resolved-environment')])).toEqual(
      Array(4).fill([200, 'staging']),
    );
  });

  it.each([
    ['a list', '', 'staging, qa', 'header', 'malformed'],
    ['a list without blanks', '', 'staging,qa', 'header', 'malformed'],
    ['a list of one name twice', '', 'staging, staging', 'header', 'malformed'],
    ['upper case', '', 'Staging', 'header', 'malformed'],
    ['a path', '', '../staging', 'header', 'malformed'],
    ['64 characters', '', 'a'.repeat(64), 'header', 'malformed'],
    ['nothing', '', '', 'header', 'empty'],
    ['a list in the query', '?env=staging,qa', null, 'query', 'malformed'],
    ['a repeated parameter', '?env=staging&env=qa', null, 'query', 'repeated'],
    ['a parameter that says the same twice', '?env=staging&env=staging', null, 'query', 'repeated'],
    ['an empty parameter', '?env=', null, 'query', 'empty'],
    ['a parameter without a value', '?env', null, 'query', 'empty'],
    ['bytes that are not UTF-8', '?env=stag%FFing', null, 'query', 'malformed'],
    ['half an escape', '?env=staging%2', null, 'query', 'malformed'],
    ['an encoded list', '?env=staging%2Cqa', null, 'query', 'malformed'],
    ['a blank', '?env=+', null, 'query', 'empty'],
  ] as const)('is the default when %s names it, and no later source is asked', async (_what, query, header, source, why) => {
    const token = await makeToken(admin, ['production', 'qa']);
    const answer = await admin.as(token).get(`${WHERE}${query || '?env=qa'}`, {
      headers: header === null ? {} : { 'X-Environment': header },
    });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { environment: 'production', by: 'default', ignored: { source, why } },
    ]);
    expect(answer.headers.get('x-resolved-environment')).toBe('production');
  });

  it.each([
    [
      'a byte that is no character',
      Buffer.from([...Buffer.from('X-Environment: stag'), 0xff, ...Buffer.from('ing\r\n')]),
      'malformed',
    ],
    ['an umlaut in UTF-8', Buffer.from('X-Environment: stagüng\r\n', 'utf8'), 'malformed'],
    ['a tab within', Buffer.from('X-Environment: sta\tging\r\n'), 'malformed'],
    ['two headers', Buffer.from('X-Environment: staging\r\nX-Environment: qa\r\n'), 'repeated'],
    ['two headers that say the same', Buffer.from('X-Environment: staging\r\nx-environment: staging\r\n'), 'repeated'],
    ['two headers, one empty', Buffer.from('X-Environment: staging\r\nX-ENVIRONMENT:\r\n'), 'repeated'],
    ['only blanks', Buffer.from('X-Environment:    \r\n'), 'empty'],
  ])('is the default when the connection carries %s', async (_what, lines, why) => {
    const { status, head, body } = await sendRaw(server.url, rawRequest(lines));
    expect([status, body]).toMatchObject([200, { environment: 'production', by: 'default', ignored: { source: 'header', why } }]);
    expect(head).toMatch(/^x-resolved-environment: production$/im);
  });

  it.each([
    ['NUL', Buffer.from('X-Environment: sta\0ging\r\n')],
    ['a bare carriage return', Buffer.from('X-Environment: staging\rX-Admin: 1\r\n')],
  ])('is not looked for in a request that is no HTTP: %s', async (_what, lines) => {
    const { status } = await sendRaw(server.url, rawRequest(lines));
    expect(status).toBe(400);
    expect((await admin.get(WHERE)).status).toBe(200);
  });

  const rawRequest = (lines: Buffer) =>
    Buffer.concat([
      Buffer.from(`GET ${WHERE}?env=qa HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.adminToken}\r\n`),
      lines,
      Buffer.from('Connection: close\r\n\r\n'),
    ]);
});

describe('an environment that cannot be evaluated', () => {
  const ROUTES = [
    ['POST', '/api/feature-flags/evaluate'],
    ['GET', '/api/feature-flags/environment'],
    ['GET', '/api/feature-flags/snapshot'],
  ] as const;
  const OFREP = ['/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/a-flag'];

  it.each([
    ['unknown', 'nowhere', 404, 'environment-not-found'],
    ['inactive', 'retired', 409, 'environment-inactive'],
  ])('is refused by name when it is %s', async (_what, slug, status, code) => {
    for (const [method, path] of ROUTES) {
      const answer = await admin.call(method, `${path}?env=${slug}`, method === 'POST' ? { body: { context: {} } } : {});
      expect([answer.status, answer.body]).toMatchObject([
        status,
        { status, code, detail: expect.stringContaining(`"${slug}"`) },
      ]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('x-resolved-environment')).toBe(slug);
    }
    for (const path of OFREP) {
      const answer = await admin.post(path, { context: {} }, { headers: { 'X-Environment': slug } });
      const key = path.endsWith('a-flag') ? { key: 'a-flag' } : {};
      expect([answer.status, answer.body]).toEqual([
        400,
        { ...key, errorCode: 'GENERAL', errorDetails: expect.stringContaining(`"${slug}"`) },
      ]);
      expect(answer.headers.get('x-resolved-environment')).toBe(slug);
    }
  });

  it('gives its children what they inherit nevertheless', async () => {
    const { body } = await admin.get(`${WHERE}?env=below-retired`);
    expect(body).toMatchObject({ environment: 'below-retired', chain: ['below-retired', 'retired', 'production'] });
    const { body: evaluated } = await admin.post('/api/feature-flags/evaluate?env=below-retired', { context: {} });
    expect(evaluated.flags['a-flag']).toMatchObject({ value: true });
  });

  it('is not to be told from one that does not exist by a token that may see neither', async () => {
    const api = admin.as(await makeToken(admin, ['qa', 'staging']));
    const answers = await Promise.all(['production', 'retired', 'nowhere'].map((slug) => api.get(`${WHERE}?env=${slug}`)));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers.map(({ headers }) => headers.get('x-resolved-environment'))).toEqual(['production', 'retired', 'nowhere']);
    const bodies = answers.map(({ body }, at) => ({
      ...body,
      requestId: '',
      detail: body.detail.replace(/production|retired|nowhere/, String(at > -1)),
    }));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(bodies[0]).toMatchObject({ code: 'environment-forbidden' });
  });

  it('is refused on OFREP routes with details and no error code', async () => {
    const api = admin.as(await makeToken(admin, ['qa']));
    for (const path of OFREP) {
      const answer = await api.post(path, { context: {} }, { headers: { 'X-Environment': 'production' } });
      expect([answer.status, answer.body]).toEqual([403, { errorDetails: expect.stringContaining('"production"') }]);
      expect(answer.headers.get('x-resolved-environment')).toBe('production');
    }
  });

  it('is the default when a scoped token names nothing it may see', async () => {
    const answer = await admin.as(await makeToken(admin, ['qa', 'staging'])).get(WHERE);
    expect([answer.status, answer.body.code, answer.headers.get('x-resolved-environment')]).toEqual([
      403,
      'environment-forbidden',
      'production',
    ]);
  });

  it('is open to a token for the subtree that it lies in', async () => {
    const token = await makeToken(admin, ['staging'], { includeDescendants: true });
    const statuses = await Promise.all(
      ['staging', 'development', 'production', 'qa'].map((slug) => admin.as(token).get(`${WHERE}?env=${slug}`)),
    );
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  });

  it.each([
    ['no token', null],
    ['an unknown token', 'ft_client_aaaaaaaaaaaa_0000000000000000000000000000000000000000000000000000000000000000'],
  ])('is not detected for %s', async (_what, token) => {
    const problem = await admin.get(`${WHERE}?env=qa`, { token });
    expect([problem.status, problem.body.status, problem.headers.get('x-resolved-environment')]).toEqual([401, 401, null]);
    const ofrep = await admin.post('/ofrep/v1/evaluate/flags/a-flag?env=qa', { context: {} }, { token });
    expect([ofrep.status, ofrep.body]).toEqual([401, { errorDetails: expect.any(String) }]);
    expect(ofrep.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});
