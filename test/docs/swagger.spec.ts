import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';
import { readPage } from './markdown.js';
import { type OpenApiDocument, type Operation, operationsIn, prefilled } from './prefilled.js';

/** What is made first, and what goes last; all others in the order of the page. */
const FIRST = [
  'flags.create',
  'segments.create',
  'environments.create',
  'tokens.create',
  'pipelines.put',
  'checks.put',
  'flags.update',
];
const LAST = ['environments.delete', 'environments.restore', 'flags.archive', 'flags.restore', 'tokens.revoke'];

/** Parameters that a person copies from an earlier answer. */
const COPIED: Record<string, (answers: Answers) => string | undefined> = {
  tokens: (answers) => (answers.get('tokens.rotate') ?? answers.get('tokens.create'))?.['id'] as string,
  promotions: (answers) => answers.get('promotions.create')?.['id'] as string,
  jobs: (answers) => answers.get('jobs')?.['id'] as string,
};

/** Refused by nature: its object was used up by an earlier request of this page. */
const NATURAL: Record<string, number> = { 'jobs.cancel': 409, 'ofrep.stream': 401 };

type Answers = Map<string, Record<string, unknown>>;

let server: TestServer;
let document: OpenApiDocument;
beforeAll(async () => {
  server = await startServer();
  document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as OpenApiDocument;
});
afterAll(async () => {
  await server.stop();
});

describe('the OpenAPI document', () => {
  it('lets every operation be executed as Swagger UI fills it in, one after the other', async () => {
    const fresh = await startServer();
    const answers: Answers = new Map();
    const job = await send(fresh, {
      method: 'POST',
      path: '/api/admin/import?async=true',
      body: '{"format":"flagtree-states","version":1}',
    });
    answers.set('jobs', job.body);
    const refused: unknown[] = [];
    const operations = inOrder(operationsIn(document));
    for (const operation of operations) {
      const copied = COPIED[operation.operationId.split('.')[0] ?? '']?.(answers);
      const request = prefilled(operation, copied);
      const { status, body } = await send(fresh, request);
      answers.set(operation.operationId, body);
      const expected = NATURAL[operation.operationId];
      if (expected === undefined ? status >= 300 : status !== expected)
        refused.push({ operation: operation.operationId, status, request, body });
    }
    await fresh.stop();
    expect(refused).toEqual([]);
    expect(operations.length).toBeGreaterThan(60);
  });

  it('works with every other example of a body, too, as far as it is one of the form', async () => {
    const refused: unknown[] = [];
    for (const operation of operationsIn(document)) {
      const { body } = prefilled(operation, 'x');
      for (const [name, { value }] of Object.entries(examplesOf(operation)).slice(1)) {
        const { status, body: answer } = await send(server, { ...prefilled(operation, 'x'), body: JSON.stringify(value) });
        if (status === 400) refused.push({ operation: operation.operationId, name, answer });
      }
      if (operation.requestBody)
        expect({ operation: operation.operationId, has: body !== undefined }).toMatchObject({ has: true });
    }
    expect(refused).toEqual([]);
  });

  it('fills in nothing that is optional', () => {
    const filled = operationsIn(document).flatMap(({ operationId, parameters }) =>
      parameters
        .filter(({ in: place, required, example, examples, schema }) => {
          const has = example !== undefined || examples !== undefined || schema?.example !== undefined;
          return place !== 'path' && required !== true && has;
        })
        .map(({ name }) => `${operationId} ${name}`),
    );
    expect(filled).toEqual([]);
  });

  it("names schemas by what they are, not by this server's classes", () => {
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => /Dto|^Create|^Update|^Put|Written/.test(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['Flag', 'NewFlag', 'FlagEdit', 'Override', 'Environment', 'Problem', 'Promotion']),
    );
  });

  it('says of every tag, operation, parameter and member what it is', () => {
    const silent = [
      ...document.tags.filter(({ description }) => !description).map(({ name }) => `tag ${name}`),
      ...operationsIn(document)
        .filter(({ summary, description }) => !summary || summary.includes('`') || !description)
        .map(({ operationId }) => operationId),
      ...operationsIn(document).flatMap(({ operationId, parameters }) =>
        parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`),
      ),
      ...Object.entries(document.components.schemas).flatMap(([schema, { properties = {} }]) =>
        Object.entries(properties)
          .filter(([, { description }]) => !description)
          .map(([member]) => `${schema}.${member}`),
      ),
    ];
    expect(silent).toEqual([]);
    expect(document.tags.slice(0, 2).map(({ name }) => name)).toEqual(['Evaluation', 'OFREP']);
    const used = new Set(operationsIn(document).flatMap(({ tags }) => tags));
    expect([...used].filter((tag) => !document.tags.some(({ name }) => name === tag))).toEqual([]);
  });

  it('puts what is required before all else', () => {
    const late = Object.entries(document.components.schemas).filter(([, { properties = {}, required = [] }]) => {
      const first = Object.keys(properties).slice(0, required.length);
      return [...first].sort().join() !== [...required].sort().join();
    });
    expect(late.map(([name]) => name)).toEqual([]);
  });

  it('offers both values of every switch of a query, and the server refuses a third', async () => {
    const switches = operationsIn(document).flatMap((operation) =>
      operation.parameters
        .filter(({ in: place, schema }) => place === 'query' && isSwitch(schema))
        .map((own) => ({ operation, own })),
    );
    const wrong: unknown[] = [];
    for (const { operation, own } of switches) {
      const { path, ...request } = prefilled(operation, 'x');
      const { status } = await send(server, { ...request, path: `${path}${path.includes('?') ? '&' : '?'}${own.name}=maybe` });
      const { type, enum: values } = own.schema as { type?: string; enum?: unknown };
      if (status !== 400 || type !== 'boolean' || JSON.stringify(values) !== '[true,false]')
        wrong.push({ operation: operation.operationId, name: own.name, status, type, values });
    }
    expect(wrong).toEqual([]);
    const names = new Set(switches.map(({ own }) => own.name));
    expect([...names].sort()).toEqual([
      'archived',
      'async',
      'content',
      'details',
      'dryRun',
      'force',
      'goOn',
      'lenient',
      'onlyOverrides',
    ]);
  });

  it('shows each problem of each operation with one of its own status and a code that the reference lists for it', () => {
    const table = readPage('docs/reference/http-api.md')
      .split('\n')
      .filter((line) => /^\| [45]\d\d/.test(line));
    const wrong = operationsIn(document).flatMap(({ operationId, responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const media = content?.['application/problem+json'];
        if (!media) return [];
        const { code } = media.example ?? {};
        const isListed = table.some((line) => line.split('|')[1]?.includes(status) && line.includes(`\`${String(code)}\``));
        return media.example?.status === Number(status) && isListed ? [] : [`${operationId} ${status} ${String(code)}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

function inOrder(operations: readonly Operation[]): Operation[] {
  const place = ({ operationId, method }: Operation) => {
    if (FIRST.includes(operationId)) return FIRST.indexOf(operationId) - FIRST.length;
    return LAST.includes(operationId) ? 2 + LAST.indexOf(operationId) : Number(method === 'delete');
  };
  return [...operations].sort((a, b) => place(a) - place(b));
}

const isSwitch = (schema: object | undefined) => /"type":"boolean"|"true"|"false"/.test(JSON.stringify(schema ?? {}));

function examplesOf({ requestBody }: Operation) {
  return requestBody?.content['application/json']?.examples ?? {};
}

async function send(
  { url, adminToken }: TestServer,
  { method, path, body }: { method: string; path: string; body?: string | undefined },
) {
  const answered = new AbortController();
  const response = await fetch(url + path, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${adminToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    signal: answered.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    answered.abort();
    return { status: response.status, body: {} };
  }
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: (isJson && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown> };
}
