// An HTTP service that greets. It reads FLAGTREE_URL and FLAGTREE_TOKEN, and works without a server, too.
import { createServer } from 'node:http';
import { createClient } from '@flagtree/client';
import { featureFlags } from './feature-flags.mjs';

const flags = createClient({ flags: featureFlags });
const { state } = await flags.ready();
console.log(`flags: ${state}`);

/** Knows nothing of requests: the flags are those of whoever it is called for. */
function greet(name) {
  const text = `${flags.get('greeting.text')}, ${name}`;
  return flags.get('greeting.loud') ? text.toUpperCase() : text;
}

const service = createServer((request, response) => {
  const name = String(request.headers['x-user'] ?? 'stranger');
  flags.run({ targetingKey: name }, () => {
    response.end(`${greet(name)}\n`);
  });
});
service.listen(Number(process.env.PORT ?? 4001), '127.0.0.1');

process.once('SIGTERM', () => {
  service.close();
  void flags.close();
});
