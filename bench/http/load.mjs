import autocannon from 'autocannon';
import { cpuOf } from './process-figures.mjs';

/** Requests per second and CPU µs per request of one server under a load of POSTs with a context of its own each, or one and the same. */
export async function load({ url, pid }, { path, headers, distinct, seconds }) {
  const before = cpuOf(pid);
  let n = 0;
  const awake = stayAwake();
  const result = await autocannon({
    url: `${url}${path}`,
    method: 'POST',
    connections: 16,
    duration: seconds,
    headers: { 'content-type': 'application/json', ...headers },
    body: contextBody(0),
    ...(distinct && { requests: [{ setupRequest: (request) => ({ ...request, body: contextBody(n++) }) }] }),
  });
  awake.end();
  if (result.errors > 0 || result.non2xx > result['3xx'])
    throw new Error(`${path}: ${String(result.errors)} errors, ${String(result.non2xx)} other answers`);
  const answered = result['2xx'] + result['3xx'];
  const after = cpuOf(pid);
  return {
    perSecond: answered / result.duration,
    cpuMicros: before === null ? null : ((after - before) * 1000) / answered,
    p99: result.latency.p99,
  };
}

/**
 * Keeps this process from sleeping. To wake a sleeping one on another core costs the server that answers it up to 20 µs on a virtual machine:
 * more than a request. A server that keeps the load busy would not pay for it, a slower one would.
 */
function stayAwake() {
  let isOver = false;
  const turn = () => {
    if (!isOver) setImmediate(turn);
  };
  turn();
  return {
    end() {
      isOver = true;
    },
  };
}

export function contextBody(n) {
  const context = {
    targetingKey: `user-${String(n)}`,
    plan: ['free', 'pro', 'team'][n % 3],
    country: 'US',
    version: `2.${String(n % 10)}.3`,
    email: `user-${String(n)}@example.com`,
  };
  return JSON.stringify({ context });
}
