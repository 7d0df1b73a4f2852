import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** Whole processes with a client in them that nobody closes. */

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Takes what it is asked, and answers nothing. */
let silent: Server;
let url: string;

beforeAll(async () => {
  silent = createServer(() => undefined);
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

/** Runs a program until it ends by itself. */
async function run(program: string, server = url, { kill }: { kill?: NodeJS.Signals } = {}) {
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', '--input-type=module', '-e', program], {
    cwd: HERE,
    env: { ...process.env, FLAGTREE_URL: server, FLAGTREE_TOKEN: 'ft_client_1_secret', NODE_ENV: 'test' },
  });
  let text = '';
  child.stdout.on('data', (part) => {
    text += String(part);
    if (kill) child.kill(kill);
  });
  child.stderr.on('data', (part) => (text += String(part)));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal, text };
}

const CLIENT = "import { createClient } from '@flagtree/client';\n";
const NOWHERE = 'http://127.0.0.1:9';

describe('a process that has nothing more to do ends, whatever its client does', () => {
  it.each(['stream', 'poll', 'manual', 'offline'])('in the mode %s, before a server that says nothing', async (mode) => {
    const program = `${CLIENT}const flags = createClient({ mode: '${mode}', logger: false });
      console.log(flags.boolean('lamp', true));`;
    expect(await run(program)).toEqual({ code: 0, signal: null, text: 'true\n' });
  });

  it.each([
    ['that is not there', NOWHERE],
    ['that says nothing', ''],
  ])('after it has waited at its top level for a server %s', async (_which, server) => {
    const program = `${CLIENT}const flags = createClient({ logger: false });
      const { state } = await flags.ready({ timeout: 300 });
      console.log(state, flags.string('page', 'a'));`;
    const { code, text } = await run(program, server || url);
    expect([code, text]).toEqual([0, expect.stringMatching(/^(empty|loading) a\n$/)]);
  });

  it('after close(), and while close() has not been waited for', async () => {
    const program = `${CLIENT}const flags = createClient({ logger: false, exposures: { send: () => new Promise(() => {}) } });
      flags.track('bought', {}, { targetingKey: 'u' });
      void flags.close();
      console.log('done');`;
    expect(await run(program)).toEqual({ code: 0, signal: null, text: 'done\n' });
  });

  it('in a worker thread', async () => {
    const inside = `${CLIENT}createClient({ logger: false }).boolean('lamp');`;
    const program = `import { Worker } from 'node:worker_threads';
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(inside.replace("'@flagtree/client'", 'process.env.CLIENT'))}.replace('process.env.CLIENT', JSON.stringify(import.meta.resolve('@flagtree/client'))))));
      worker.on('exit', (code) => console.log('worker', code));`;
    expect(await run(program)).toEqual({ code: 0, signal: null, text: 'worker 0\n' });
  });
});

it('a signal during the start ends the process as it does without a client', async () => {
  const program = `${CLIENT}createClient({ logger: false });
    console.log('started');
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  expect(await run(program, url, { kill: 'SIGTERM' })).toMatchObject({ code: null, signal: 'SIGTERM' });
});
