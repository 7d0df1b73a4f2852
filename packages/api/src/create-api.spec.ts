import { describe, expect, it } from '@jest/globals';
import { detailsOf } from './calls/answer.js';
import { createApi } from './create-api.js';
import { FlagtreeProblem, FlagtreeUnreachable } from './errors.js';
import type { DryRun, Flag } from './generated/types.gen.js';
import type { ApiRequest, ApiResponse, Transport } from './calls/transport.js';

interface Reply {
  status?: number;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

/** Answers one request after the other; the last reply again and again. */
function answering(...replies: (Reply | Error)[]) {
  const sent: ApiRequest[] = [];
  const transport: Transport = (request) => {
    const reply = replies[Math.min(sent.length, replies.length - 1)] ?? {};
    sent.push(request);
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(responseOf(reply));
  };
  return { sent, api: createApi({ url: 'http://flags', token: 'ft_admin_x', transport, random: () => 1, env: {} }) };
}

function responseOf({ status = 200, body = {}, type = 'application/json', headers = {} }: Reply): ApiResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: new Headers({ 'content-type': type, ...headers }), text: () => Promise.resolve(text) };
}

const problem = (status: number, document: object = {}, headers: Record<string, string> = {}): Reply => ({
  status,
  type: 'application/problem+json',
  body: { status, ...document },
  headers,
});

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('It was no failure')),
    (error: unknown) => error as Error,
  );

describe('a call', () => {
  it('asks for its operation with token, path, query and body', async () => {
    const { api, sent } = answering({ body: { key: 'a' } });
    await api.flags.list({ envs: ['dev', 'prod'], archived: true }).page();
    await api.environmentFlags.update('dev', 'ui.x', { enabled: true }, { ifMatch: '"1"', force: true });
    expect(sent.map(({ signal: _, ...request }) => request)).toEqual([
      {
        method: 'GET',
        url: 'http://flags/api/admin/feature-flags?envs=dev%2Cprod&archived=true',
        body: null,
        headers: { accept: 'application/json, */*;q=0.1', authorization: 'Bearer ft_admin_x' },
      },
      {
        method: 'PATCH',
        url: 'http://flags/api/admin/environments/dev/feature-flags/ui.x?force=true',
        body: '{"enabled":true}',
        headers: {
          accept: 'application/json, */*;q=0.1',
          'content-type': 'application/json',
          authorization: 'Bearer ft_admin_x',
          'if-match': '"1"',
        },
      },
    ]);
  });

  it('answers with the body, whose ETag is beside it and not in what is printed', async () => {
    const { api } = answering({ body: { key: 'a' }, headers: { etag: '"7"', 'x-request-id': 'r1', location: '/a' } });
    const flag = await api.flags.get('a');
    expect(flag.etag).toBe('"7"');
    expect(JSON.stringify(flag)).toBe('{"key":"a"}');
    expect(detailsOf(flag)).toEqual({ status: 200, etag: '"7"', location: '/a', requestId: 'r1', isReplayed: false });
    expect(detailsOf({})).toBeUndefined();
  });

  it('answers with nothing where nothing has changed, or nothing is left', async () => {
    expect(await answering({ status: 304, body: '' }).api.flags.get('a', { ifNoneMatch: '"7"' })).toBeUndefined();
    await expect(answering({ status: 204, body: '' }).api.flags.archive('a')).resolves.toBeUndefined();
  });

  it('sends text as YAML, and text is what comes where an operation answers text', async () => {
    const { api, sent } = answering({ body: 'up 1', type: 'text/plain' });
    expect(await api.metrics.read()).toBe('up 1');
    await failureOf(api.import.run('version: 2'));
    expect(sent[1]).toMatchObject({ body: 'version: 2', headers: { 'content-type': 'application/yaml' } });
  });

  it('goes through pages by itself, as far as they are wanted', async () => {
    const { api, sent } = answering({ body: { items: [1, 2], nextCursor: 'c' } }, { body: { items: [3], nextCursor: null } });
    expect(await api.audit.list({ limit: 2 }).toArray()).toEqual([1, 2, 3]);
    expect(sent.map(({ url }) => new URL(url).search)).toEqual(['?limit=2', '?limit=2&cursor=c']);
    const again = answering({ body: { items: [1, 2], nextCursor: 'c' } });
    expect(await again.api.audit.list().toArray(2)).toEqual([1, 2]);
    for await (const item of again.api.audit.list()) if ((item as unknown) === 2) break;
    expect(again.sent).toHaveLength(2);
  });

  it('keeps its Idempotency-Key in all attempts, and takes one of the caller', async () => {
    const { api, sent } = answering(new Error('reset'), { body: {}, status: 201 });
    await api.flags.create({ key: 'a', type: 'boolean' });
    await api.flags.create({ key: 'a', type: 'boolean' }, { idempotencyKey: 'mine' });
    const keys = sent.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0], 'mine']);
  });

  it('is typed: a dry run answers with its effect, a list gives its items, a misspelt option does not compile', () => {
    const { api } = answering({});
    const checked = (): unknown[] => {
      const flag: Promise<Flag> = api.flags.update('a', { enabled: true });
      const effect: Promise<DryRun> = api.flags.update('a', { enabled: true }, { dryRun: true });
      const removed: Promise<void> = api.flags.archive('a');
      const flags: AsyncIterable<Flag> = api.flags.list();
      // @ts-expect-error: it may be undefined
      const known: Promise<Flag> = api.flags.get('a', { ifNoneMatch: '"7"' });
      // @ts-expect-error: there is no such option
      const misspelt = api.flags.update('a', { enabled: true }, { dryrun: true });
      // @ts-expect-error: a comparison needs to know from where
      const without = api.compare.get({ to: 'prod' });
      return [flag, effect, removed, flags, known, misspelt, without];
    };
    expect(checked).toBeDefined();
  });
});

describe('a refusal', () => {
  it('is an error with all that the server says', async () => {
    const errors = [{ pointer: '/key', code: 'taken', detail: 'It is taken' }];
    const { api } = answering(
      problem(412, { code: 'stale-version', detail: 'It has changed.', errors, current: { version: 2 }, requestId: 'r' }),
    );
    const error = await failureOf(api.flags.update('a', {}));
    expect(error).toBeInstanceOf(FlagtreeProblem);
    expect(error).toMatchObject({
      name: 'FlagtreeProblem',
      message: 'It has changed.',
      status: 412,
      code: 'stale-version',
      requestId: 'r',
      current: { version: 2 },
      errors,
    });
  });

  it('of a token says where the token is from, and not what it is', async () => {
    const transport: Transport = () =>
      Promise.resolve(responseOf(problem(401, { code: 'token-unknown', detail: 'No such token.' })));
    const api = createApi({ url: 'http://flags', transport, env: { FLAGTREE_CLI_TOKEN: 'ft_secret' } });
    const error = await failureOf(api.flags.get('a'));
    expect(error.message).toBe('No such token. (The token is that of FLAGTREE_CLI_TOKEN.)');
    expect(JSON.stringify([error, error.stack])).not.toContain('ft_secret');
  });

  it("of OFREP is told by OFREP's code", async () => {
    const { api } = answering({ status: 404, body: { key: 'a', errorCode: 'FLAG_NOT_FOUND', errorDetails: 'None.' } });
    expect(await failureOf(api.ofrep.evaluateFlag('a', { context: {} }))).toMatchObject({
      code: 'FLAG_NOT_FOUND',
      message: 'None.',
    });
  });

  it('is waited out where the server says so', async () => {
    const { api, sent } = answering(problem(503, { code: 'database-busy' }, { 'retry-after': '0' }), { body: { key: 'a' } });
    expect(await api.flags.update('a', {})).toEqual({ key: 'a' });
    expect(sent).toHaveLength(2);
  });
});

describe('a server that is not there', () => {
  it('is asked four times by reads, once by edits, and the error says whether something may have been done', async () => {
    const reset = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    const { api, sent } = answering(new TypeError('fetch failed', { cause: reset }));
    expect(await failureOf(api.flags.get('a'))).toBeInstanceOf(FlagtreeUnreachable);
    expect(sent).toHaveLength(4);
    const error = await failureOf(api.flags.update('a', {}));
    expect(sent).toHaveLength(5);
    expect(error).toMatchObject({
      message: 'No server answers at http://flags (ECONNRESET).',
      code: 'unreachable',
      mayBeDone: true,
    });
    const never = answering(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
    expect(await failureOf(never.api.flags.update('a', {}))).toMatchObject({ mayBeDone: false });
  });

  it.each([
    [{ body: '<html>', type: 'text/html' }, '200, text/html'],
    [{ body: '{"cut', type: 'application/json' }, '200, application/json'],
    [{ status: 302, headers: { location: 'https://login' }, body: '' }, '302, a redirect to https://login'],
    [{ status: 404, body: 'none', type: 'text/plain' }, '404, text/plain'],
  ])('is told from one that says no: %j', async (reply, what) => {
    const { api, sent } = answering(reply);
    const error = await failureOf(api.flags.get('a'));
    expect(error.message).toBe(`What answers at http://flags is no Flagtree (${what}): is the URL right?`);
    expect(error).toMatchObject({ code: 'not-flagtree' });
    expect(sent).toHaveLength(1);
  });

  it('is given up when the time is over, or the caller gives up', async () => {
    const transport: Transport = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => { reject(signal.reason as Error); }); // prettier-ignore
      });
    const api = createApi({ url: 'http://flags', token: 'x', transport, timeoutMs: 1 });
    expect(await failureOf(api.flags.update('a', {}))).toMatchObject({ code: 'timed-out', mayBeDone: true });
    const given = new AbortController();
    const call = failureOf(api.flags.update('a', {}, { signal: given.signal, timeoutMs: 60_000 }));
    given.abort(new Error('enough'));
    expect((await call).message).toBe('enough');
  });
});
