import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag, sendRaw } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let json: Record<string, string>;
const FLAG = '/api/admin/feature-flags/plain';
const OFREP = '/ofrep/v1/evaluate/flags';

beforeAll(async () => {
  server = await startServer();
  json = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
  await makeFlag(await Api.of(server.url, server.adminToken), 'plain');
});
afterAll(() => server.stop());

interface Said {
  method?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
}

async function ask(path: string, { method = 'GET', body, headers = json }: Said = {}) {
  const answer = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  const { status } = answer;
  return { status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> };
}

describe('a method that a path does not have', () => {
  it.each([
    ['PUT', FLAG, 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/api/admin/feature-flags', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/admin/feature-flags', 'GET, HEAD, POST'],
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/api/admin/environments/staging', 'DELETE, GET, HEAD, PATCH'],
  ])('%s %s is refused with those that there are', async (method, path, allow) => {
    const answer = await ask(path, { method });
    expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed', detail: expect.stringContaining(allow) } });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('is refused in the words of OFREP on its routes', async () => {
    const answer = await ask(`${OFREP}/plain`);
    expect(answer).toMatchObject({ status: 405, body: { key: 'plain', errorCode: 'GENERAL' } });
    expect(answer.headers.get('allow')).toBe('POST');
  });
});

it.each(['/api/admin/feature-flags/', `${FLAG}/`, '/health/live/'])(
  'a slash at the end makes no difference: %s',
  async (path) => {
    expect((await ask(path)).status).toBe(200);
  },
);

describe('below /ofrep/v1', () => {
  const post = (path: string, more: Said = {}) => ask(path, { method: 'POST', body: '{"context":{}}', ...more });

  it('a slash at the end makes no difference', async () => {
    expect(await post(`${OFREP}/plain/`)).toMatchObject({ status: 200, body: { key: 'plain', value: true } });
    expect(await post(`${OFREP}/`)).toMatchObject({ status: 200, body: { flags: [{ key: 'plain' }] } });
  });

  it.each([
    [`${OFREP}/a/b`, 404, { key: 'a/b', errorCode: 'FLAG_NOT_FOUND' }],
    [`${OFREP}/%zz`, 400, { key: '%zz', errorCode: 'GENERAL' }],
    [`${OFREP}/${'k'.repeat(2_100)}`, 414, { key: 'k'.repeat(2_100), errorCode: 'GENERAL' }],
    ['/ofrep/v1/configuration', 404, { errorCode: 'GENERAL' }],
    ['/ofrep/v2/evaluate/flags', 404, { errorCode: 'GENERAL' }],
  ])('what cannot be answered has the form of OFREP: %s', async (path, status, body) => {
    const answer = await post(path);
    expect(answer).toMatchObject({ status, body: { ...body, errorDetails: expect.stringMatching(/\S/) } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('codings and charsets are told from bad UTF-8', async () => {
    for (const headers of [
      { ...json, 'content-encoding': 'gzip' },
      { ...json, 'content-type': 'application/json; charset=latin1' },
    ])
      expect(await post(`${OFREP}/plain`, { headers })).toMatchObject({ status: 415, body: { errorCode: 'PARSE_ERROR' } });
  });
});

describe('a body', () => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  const marked = (text: string, marks = 1) => Buffer.concat([...Array<Buffer>(marks).fill(mark), Buffer.from(text)]);

  it('may begin with a byte order mark, once', async () => {
    for (const [path, text] of [[`${OFREP}/plain`, '{"context":{}}'], ['/api/feature-flags/evaluate', '{"context":{}}'], ['/api/admin/import?format=flagd', '{"flags":{}}']] as const) {
      expect((await ask(path, { method: 'POST', body: marked(text) })).status).toBe(200);
      expect((await ask(path, { method: 'POST', body: marked(text, 2) })).status).toBe(400);
    }
    expect((await ask(FLAG, { method: 'PATCH', body: marked('{"description":"marked"}') })).status).toBe(200);
  }); // prettier-ignore

  it.each([
    ['a content coding', { 'content-encoding': 'gzip' }, 'unsupported-content-coding'],
    ['a charset', { 'content-type': 'application/json; charset=utf-16' }, 'unsupported-charset'],
    ['another type', { 'content-type': 'text/plain' }, 'unsupported-media-type'],
  ])('in %s that is not read is refused by name', async (_what, headers, code) => {
    const answer = await ask(FLAG, { method: 'PATCH', body: '{}', headers: { ...json, ...headers } });
    expect(answer).toMatchObject({ status: 415, body: { code } });
  });

  it.each(['application/json; charset=UTF-8', 'application/json;charset="utf-8"', 'application/json; charset=us-ascii'])(
    'may say so in any way: %s',
    async (type) => {
      expect((await ask(FLAG, { method: 'PATCH', body: '{}', headers: { ...json, 'content-type': type } })).status).toBe(200);
    },
  );
});

describe('credentials', () => {
  const get = (headers: Record<string, string>) => ask('/api/feature-flags/environment', { headers });

  it('may come as an API key beside the password that a proxy asks for', async () => {
    for (const authorization of ['Basic c3RhZ2U6cHc=', 'Digest username="a", realm="b"', 'Negotiate abc'])
      expect((await get({ authorization, 'x-api-key': server.adminToken })).status).toBe(200);
  });

  it.each([
    [{ authorization: 'Basic c3RhZ2U6cHc=' }, 'token-malformed'],
    [{ authorization: 'Bearer', 'x-api-key': 'x' }, 'token-malformed'],
    [{ authorization: 'Bearer nonsense', 'x-api-key': 'x' }, 'token-unknown'],
    [{ authorization: 'Basic c3RhZ2U6cHc=', 'x-api-key': 'x' }, 'token-unknown'],
  ])('%j are refused: %s', async (headers: Record<string, string>, code) => {
    expect(await get(headers)).toMatchObject({ status: 401, body: { code } });
  });

  it('count once: two lines are refused, on a connection that was let in before as well', async () => {
    const token = `authorization: Bearer ${server.adminToken}\r\n`;
    const request = (lines: string) =>
      `POST ${OFREP}/plain HTTP/1.1\r\nhost: a\r\n${lines}content-type: application/json\r\ncontent-length: 14\r\n`;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`${request(token)}\r\n{"context":{}}${request(token + token)}connection: close\r\n\r\n{"context":{}}`);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '401']);
    expect(text).toContain('more than one Authorization line');
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['two Host lines', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
    ['no Host line', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['no version', 'GET /\r\n\r\n', 400],
    ['another protocol', 'EHLO example.org\r\n', 400],
    ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a length and chunks', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is a problem document with a request id: %s', async (_what, request, status) => {
    const answer = await sendRaw(server.url, Buffer.from(request));
    expect(answer.status).toBe(status);
    expect(answer.head.toLowerCase()).toMatch(/\r\nx-request-id: \S+/);
    expect(answer.head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(answer.head.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(answer.body).toMatchObject({
      status,
      requestId: expect.stringMatching(/\S/),
      code: expect.not.stringMatching(/^(fst|hpe)/),
    });
  });

  it.each([
    ['/api/admin/feature-flags/%zz', 400, 'malformed-url'],
    [`/api/admin/feature-flags/${'k'.repeat(2_100)}`, 414, 'url-too-long'],
  ])('has no codes of the framework: %s', async (path, status, code) => {
    const answer = await ask(path);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('HEAD', () => {
  it.each([FLAG, `${FLAG}?env=staging`, '/api/admin/feature-flags', '/api/admin/environments/staging', '/api/flags/audit', '/api/admin/export', '/api/admin/export?format=flagd&env=production'])(
    'of a management read is its GET without the body: %s',
    async (path) => {
      const [got, head] = [await fetch(server.url + path, { headers: json }), await fetch(server.url + path, { method: 'HEAD', headers: json })];
      const length = Buffer.byteLength(await got.text());
      const tag = got.headers.get('etag') ?? '';
      expect([head.status, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([200, tag, String(length)]);
      expect(tag).toMatch(/^"/);
      for (const seen of [tag, '*', `"x", ${tag}`]) {
        const again = await fetch(server.url + path, { method: 'HEAD', headers: { ...json, 'if-none-match': seen } });
        expect([again.status, again.headers.get('etag')]).toEqual([304, tag]);
      }
    },
  ); // prettier-ignore
});
