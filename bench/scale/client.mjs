import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, startFlagtree } from '../http/servers.mjs';

const WATCH = fileURLToPath(new URL('watch-loop.mjs', import.meta.url));

/** A server whose event loop is watched from within. */
export async function startWatched(dataDirectory) {
  const server = await startFlagtree(dataDirectory, {
    onCores: (script) => [process.execPath, ['--expose-gc', '--import', WATCH, script]],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Watched(server);
}

class Watched {
  constructor(server) {
    this.server = server;
    this.healthyAfterMs = server.healthyAfterMs;
  }

  /** `worstMs`: since the last time; `heapBytes`: what lives, after a collection. */
  async figures(question = 'loop') {
    this.server.child.send(question);
    const [figures] = await once(this.server.child, 'message');
    return figures;
  }

  async call(method, path, body) {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} → ${answer.status}: ${text.slice(0, 1_000)}`);
    return text === '' ? null : JSON.parse(text);
  }

  evaluate(environment, flag) {
    return this.call('POST', `/ofrep/v1/evaluate/flags/${flag}?env=${environment}`, {
      context: { targetingKey: 'u1', plan: 'beta' },
    });
  }

  async import(document) {
    const { id } = await this.call('POST', '/api/admin/import?async=true', JSON.stringify(document));
    for (;;) {
      const { status, problem } = await this.call('GET', `/api/admin/jobs/${id}`);
      if (status === 'failed') throw new Error(JSON.stringify(problem));
      if (status === 'succeeded') return;
      await sleep(50);
    }
  }

  stop() {
    return this.server.stop();
  }
}
