import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenApiDocument, operationsIn } from '../docs/prefilled.js';
import { Sender } from '../fuzz/send.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Caller, callersOfAllKinds } from './callers.js';
import { type Cell, cellsOf } from './cells.js';
import { DOCUMENTED, expected } from './oracle.js';
import { document, GIVEN, together } from './places.js';

const AT_ONCE = 4;

let server: TestServer;
let admin: Api;
let api: OpenApiDocument;
let cells: Cell<Caller>[];
const senders: Sender[] = [];

beforeAll(async () => {
  // as through a proxy, from address after address: what is limited for each of them is not meant here
  server = await startServer({ env: { FLAGTREE_TRUSTED_PROXIES: 'loopback', FLAGTREE_LOG_LEVEL: 'error' } });
  admin = await Api.of(server.url, server.adminToken);
  api = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as OpenApiDocument;
  await make([GIVEN]);
  const callers = await callersOfAllKinds(admin, server.databaseUrl);
  cells = [...cellsOf(api, DOCUMENTED, callers, expected)];
  const requests = [...new Set(cells.map(({ request }) => request))];
  await make(requests.map(({ given }) => given));
  for (const request of requests) await request.prepare(admin);
  for (let count = 0; count < AT_ONCE; count++) senders.push(new Sender(server.url));
}, 120_000);
afterAll(async () => {
  for (const sender of senders) sender.close();
  await server.stop();
});

async function make(states: Parameters<typeof together>[0]): Promise<void> {
  const answer = await admin.post('/api/admin/import', document(together(states)));
  expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
}

const newestRevision = async () => (await admin.get('/api/flags/audit?limit=1')).body.items[0].revision as number;

/** What is wrong with the answers, several asked at once. */
async function faultsOf(asked: readonly Cell<Caller>[]): Promise<string[]> {
  const faults: string[] = [];
  const waiting = [...asked.entries()].reverse();
  await Promise.all(
    senders.map(async (sender) => {
      for (let next = waiting.pop(); next; next = waiting.pop()) faults.push(...(await faultOf(next[1], next[0], sender)));
    }),
  );
  return faults;
}

async function faultOf({ operation, reach, caller, expected, request }: Cell<Caller>, at: number, sender: Sender): Promise<string[]> {
  const { method, path, body } = request.sent;
  const { status, text } = await sender.send({
    ...{ operationId: operation, method, path },
    headers: {
      'x-forwarded-for': `10.2.${at >> 8}.${at & 255}`,
      ...(caller.token !== null && { authorization: `Bearer ${caller.token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body ? Buffer.from(JSON.stringify(body)) : null,
  });
  const isRight = expected === 'yes' ? isLetIn(status, reach) : isRefused(status, text, expected);
  const told = expected === 'yes' ? 'is let in' : `hears ${expected.join(' or ')}`;
  const where = reach === null ? '' : ` reaching ${reach}`;
  return isRight ? [] : [`${caller.name} at ${operation}${where} ${told}, but: ${status} ${text.slice(0, 300)}`];
} // prettier-ignore

/** Where nothing is reached, the request need not lead to anything. */
function isLetIn(status: number, reach: string | null): boolean {
  return reach === null ? status < 500 && status !== 401 && status !== 403 : status >= 200 && status < 300;
}

/** OFREP's refusals have no code. */
function isRefused(status: number, text: string, codes: readonly string[]): boolean {
  const { code } = JSON.parse(text) as { code?: string };
  return codes.some(
    (expected) => status === (/^(?:token|ticket)-/.test(expected) ? 401 : 403) && (code ?? expected) === expected,
  );
}

const isWriteThatIsDone = ({ expected, reach, request }: Cell) =>
  expected === 'yes' && reach !== null && reach !== 'values' && request.writes;

describe('the permissions of the documentation', () => {
  it('name every operation of the API, with its route and with what it asks for', () => {
    const actual = operationsIn(api).map((operation) => {
      const { operationId, method, path, parameters, 'x-permission': asks } = operation as typeof operation & { 'x-permission'?: string };
      const byTicket = parameters.some(({ name, required }) => name === 'ticket' && required === true);
      return { operation: operationId, route: `${method.toUpperCase()} ${path}`, asks: asks ?? (byTicket ? 'ticket' : 'public') };
    });
    expect(DOCUMENTED.map(({ operation, route, asks }) => ({ operation, route, asks }))).toEqual(actual);
  }); // prettier-ignore

  it('say what each write reaches', () => {
    const silent = DOCUMENTED.filter(({ asks, route, reaches }) => {
      return /developer|promoter|admin/.test(asks) && !route.startsWith('GET') && reaches.length === 0;
    });
    // it ends what the same token has begun, and no other's
    expect(silent.map(({ operation }) => operation)).toEqual(['jobs.cancel']);
  });

  it('hold for whoever is refused, and for whoever only reads; nothing is written', async () => {
    console.log(`permissions: ${cells.length} questions to ${DOCUMENTED.length} operations`);
    const before = await newestRevision();
    const asked = cells.filter((cell) => !isWriteThatIsDone(cell));
    expect(asked.length).toBeGreaterThan(1_500);
    expect(await faultsOf(asked)).toEqual([]);
    expect(await newestRevision()).toBe(before);
  }, 120_000);

  it('hold for whoever writes, and each write is one', async () => {
    const before = await newestRevision();
    const asked = cells.filter(isWriteThatIsDone);
    expect(asked.length).toBeGreaterThan(200);
    expect(await faultsOf(asked)).toEqual([]);
    expect(await newestRevision()).toBe(before + asked.length);
  }, 120_000);
});
